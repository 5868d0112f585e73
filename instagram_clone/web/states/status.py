"""The loading status of what a slice shows."""

LOADING, READY, FAILED, MISSING = "loading", "ready", "failed", "missing"
