"""The inbox, and the open conversation."""
