"""Components for finding people and posts."""
