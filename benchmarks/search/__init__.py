"""Search in a large data set."""
