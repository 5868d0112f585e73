"""Decodes other processes' events into this version's, leaving out what only a newer version knows."""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import Any

from instagram_clone.live.bus import handlers

log = logging.getLogger(__name__)
_unknown: set[str] = set()


def event(name: str, values: dict[str, Any]) -> Any:
    """Return an event published by another process, or None if its kind is unknown to this version.

    Unknown fields are left out.
    """
    kind = handlers.kind_by_name(name)
    if kind is None:
        log_unknown(name)
        return None
    known_fields = {field.name for field in fields(kind)}
    for field in values.keys() - known_fields:
        log_unknown(f"{name}.{field}")
    try:
        # JSON has no tuples, but events hold their sequences in tuples.
        return kind(
            **{
                field: tuple(value) if isinstance(value, list) else value
                for field, value in values.items()
                if field in known_fields
            }
        )
    except TypeError as error:
        log_unknown(f"{name}: {error}")
        return None


def log_unknown(what: str) -> None:
    """Log something that only another version knows, once."""
    if what not in _unknown:
        _unknown.add(what)
        log.warning("Unknown data from another process: %s", what)
