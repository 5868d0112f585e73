"""Search among a large crowd."""
