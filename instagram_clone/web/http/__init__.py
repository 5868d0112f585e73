"""HTTP around Reflex: what needs a request rather than an event, and the shared handling of requests."""
