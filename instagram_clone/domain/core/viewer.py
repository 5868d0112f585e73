"""The viewer, the person making a request: the first argument of everything that is asked of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bson import ObjectId


@dataclass(frozen=True)
class Viewer:
    """A signed-in person, as verified by their session."""

    id: str
    username: str
    session_id: str

    @cached_property
    def oid(self) -> ObjectId:
        """The id as MongoDB stores it."""
        return ObjectId(self.id)
