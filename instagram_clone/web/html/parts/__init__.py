"""The building blocks of server-generated HTML: cards, icons, photos, words."""
