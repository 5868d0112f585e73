"""HTTP around Reflex: what needs a request and not an event, and what every answer must carry."""
