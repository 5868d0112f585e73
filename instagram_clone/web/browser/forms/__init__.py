"""Fields and forms, the drafts in them, and files on their way."""
