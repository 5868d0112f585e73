"""The production web server and its parts."""
