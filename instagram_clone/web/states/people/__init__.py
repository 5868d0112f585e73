"""Accounts, profiles, and lists of people."""
