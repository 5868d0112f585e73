"""What a person in a browser waits for: taps, keys, dialogs, first loads, and a slow phone."""
