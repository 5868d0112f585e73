"""The production web server, and what it keeps in memory for open tabs."""
