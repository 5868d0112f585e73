"""People in rows and lists, following them, and the pages before log-in."""
