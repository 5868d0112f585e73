"""Photos: received, cleaned, cut, and kept for who may see them."""
