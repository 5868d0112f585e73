"""The foundation of every area: the database, the outbox, events, and the viewer. Knows no area."""
