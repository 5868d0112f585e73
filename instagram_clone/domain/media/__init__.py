"""Photos: received, cleaned, cut, stored, and served to those who may see them."""
