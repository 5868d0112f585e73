"""Following, and who is here."""
