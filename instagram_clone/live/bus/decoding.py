"""What another process announced, as an event of this version: what only a newer one knows is left out."""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import Any

from instagram_clone.live.bus import carriers

log = logging.getLogger(__name__)
_unknown: set[str] = set()


def event(name: str, values: dict[str, Any]) -> Any:
    """Return an event as another process announced it, or None: a newer version may know other kinds.

    What it says beyond what is known here is left out.
    """
    kind = carriers.kind_named(name)
    if kind is None:
        note_unknown(name)
        return None
    known = {field.name for field in fields(kind)}
    for field in values.keys() - known:
        note_unknown(f"{name}.{field}")
    try:
        # JSON has no tuples; the events' own fields that hold several are tuples.
        return kind(
            **{
                field: tuple(value) if isinstance(value, list) else value
                for field, value in values.items()
                if field in known
            }
        )
    except TypeError as error:
        note_unknown(f"{name}: {error}")
        return None


def note_unknown(what: str) -> None:
    """Log once what only another version knows."""
    if what not in _unknown:
        _unknown.add(what)
        log.warning("Another process tells of what is not known here: %s", what)
