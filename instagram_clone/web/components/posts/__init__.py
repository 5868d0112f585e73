"""Posts as cards, tiles and details, with their photos, hearts and comments."""
