"""The same promises with two worker processes, a Redis between them and a separate MongoDB."""
