"""Messages on their way, conversations as they move."""
