"""The parts of that HTML: cards, icons, photos, words."""
