"""Finding people and posts: what happens in the browser."""
