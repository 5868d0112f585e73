"""The tab itself: its address, its clock, its keys, its connection."""
