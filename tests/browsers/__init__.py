"""Browsers for the flows: finding them, driving them, and a line to them that can be cut."""
