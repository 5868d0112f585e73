"""What a browser sees. Thin: it asks the domain, and shows."""
