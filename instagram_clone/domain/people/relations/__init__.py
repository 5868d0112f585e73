"""How people are related: follows, follow requests and blocks."""
