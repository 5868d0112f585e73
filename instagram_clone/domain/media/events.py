"""Events about photos."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class PhotosDiscarded(Event):
    """Photos were published or are no longer kept: files that are not needed any more must be removed."""

    media_ids: tuple[str, ...]

    @property
    def subject(self) -> str:
        return self.media_ids[0]
