"""The scaling limits (walls) that a growing network runs into."""
