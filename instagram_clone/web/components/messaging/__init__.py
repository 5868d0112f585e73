"""Conversations: the inbox, a thread, and its message field."""
