"""The frame of a page: its bars, its panels, and what may lie over it."""
