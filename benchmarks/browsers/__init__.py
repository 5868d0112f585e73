"""What users wait for in a browser: taps, keys, dialogs, first loads, and a slow phone."""
