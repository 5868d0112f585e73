"""One module for each page: what it loads, and what it looks like."""
