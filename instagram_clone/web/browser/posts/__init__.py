"""What answers at once under a post: hearts, bookmarks, comments, photos."""
