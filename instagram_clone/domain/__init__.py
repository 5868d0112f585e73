"""What the product does: every rule, and the only code that touches MongoDB. Knows no web."""
