"""The open tabs: their sockets, users and watched topics, and which sockets are admitted."""
