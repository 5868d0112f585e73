"""Finding people and posts: by their names and words, and those one does not know yet."""
