"""How far what a slice shows has come."""

LOADING, READY, FAILED, MISSING = "loading", "ready", "failed", "missing"
