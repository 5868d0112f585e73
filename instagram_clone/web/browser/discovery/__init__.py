"""Finding people and posts, as it answers in the browser."""
