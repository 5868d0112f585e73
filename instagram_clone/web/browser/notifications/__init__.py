"""The viewer's notifications, as they arrive."""
