"""Browsers for the flow tests: finding them, driving them, and a connection to them that can be cut."""
