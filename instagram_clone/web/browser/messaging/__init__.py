"""Pending messages, and conversations as they change."""
