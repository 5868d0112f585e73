"""One module per page: what it loads and how it looks."""
