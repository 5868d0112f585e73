"""HTML that the server writes or sends: pages, previews of links, the first paint."""
