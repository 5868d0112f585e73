"""Finding people and posts that one does not know yet. Reads what the areas before it tell."""
