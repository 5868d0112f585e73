"""The posts on screen, the one that is open, and the one being composed."""
