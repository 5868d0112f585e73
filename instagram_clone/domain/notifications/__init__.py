"""Notifications. Subscribes to events of the areas before it; nothing calls it to notify anyone."""
