"""What a browser sees: a thin layer that queries the domain and renders the answers."""
