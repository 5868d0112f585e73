"""HTML that the server generates or sends: pages, link previews, the first paint."""
