"""What responds at once on a post: hearts, bookmarks, comments, photos."""
