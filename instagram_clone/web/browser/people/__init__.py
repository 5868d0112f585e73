"""Following, and who is online."""
