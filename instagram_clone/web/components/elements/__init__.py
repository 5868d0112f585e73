"""The small parts that every screen is made of."""
