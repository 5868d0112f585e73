"""The viewer's notifications."""
