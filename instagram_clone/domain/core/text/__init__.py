"""What people write: which characters it may have, and what in it is a link."""
