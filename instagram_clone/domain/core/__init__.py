"""What every area stands on: the database, the outbox, events, and who is asking. Knows no area."""
