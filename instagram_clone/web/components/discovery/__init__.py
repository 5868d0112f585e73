"""Finding people and posts, on screen."""
