"""Posts with their likes and comments, and the lists that show them."""
