"""The web server of production, and what it is made of."""
