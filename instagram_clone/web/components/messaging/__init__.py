"""Conversations: the inbox, a thread, and the field that writes into it."""
