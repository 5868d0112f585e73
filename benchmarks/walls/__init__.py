"""What a growing network runs into."""
