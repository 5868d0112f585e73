"""Fields and forms, the drafts in them, and uploads."""
