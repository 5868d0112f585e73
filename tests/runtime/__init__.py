"""The web server of production, and what it keeps of open tabs."""
