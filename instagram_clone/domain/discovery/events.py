"""Events about searches."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class RecentsChanged(Event):
    """Someone's recent searches changed; nobody else receives this."""

    by: str
