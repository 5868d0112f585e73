"""Mail: its texts and its delivery. Who gets it, and why, is up to the domain."""
