"""What happens to photos."""

from __future__ import annotations

from dataclasses import dataclass

from instagram_clone.domain.core.events import Event


@dataclass(frozen=True)
class PhotosDiscarded(Event):
    """Photos are no longer kept: their files are to be removed."""

    media_ids: tuple[str, ...]

    @property
    def subject(self) -> str:
        return self.media_ids[0]
