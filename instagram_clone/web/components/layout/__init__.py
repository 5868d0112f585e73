"""The frame of a page: its bars, its panels, and everything that can open over it."""
