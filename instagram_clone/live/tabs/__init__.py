"""The tabs that are open: their sockets, whose they are, what they watch, who is let in."""
