"""User-written text: which characters it may contain, and which parts of it are links."""
