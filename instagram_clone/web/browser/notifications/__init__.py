"""What one has been told, as it arrives."""
