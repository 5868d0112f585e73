"""The tab itself: its address, clock, keyboard shortcuts and connection."""
