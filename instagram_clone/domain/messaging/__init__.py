"""Conversations, their members and their messages."""
