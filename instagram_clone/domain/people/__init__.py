"""People: accounts and profiles, follows and blocks, and who may see what."""
