"""Posts, their likes, comments and saves, and the feeds that list them."""
