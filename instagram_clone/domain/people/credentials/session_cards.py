"""The list "where you are signed in". Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotSignedIn
from instagram_clone.domain.core.viewer import Viewer

MAX_SHOWN = 50


@dataclass(frozen=True)
class SessionCard:
    """One log-in in the list "where you are signed in". `network` is roughly where it came from, or ""."""

    id: str
    device: str
    kind: str
    seen: str
    here: bool
    created: str
    network: str


async def mine(viewer: Viewer) -> list[SessionCard]:
    """List where the viewer is signed in, this device first, then by last use, at most fifty."""
    here = await db.sessions.find_one({"_id": viewer.session_id, "user": viewer.oid})
    if here is None:
        raise NotSignedIn
    found = await db.sessions.find({"user": viewer.oid}).sort("seen", -1).to_list(MAX_SHOWN)
    rows = [here, *(row for row in found if row["_id"] != viewer.session_id)][:MAX_SHOWN]
    cards = [_card(row, viewer) for row in rows]
    return sorted(cards, key=lambda card: not card.here)


def _card(row: dict[str, Any], viewer: Viewer) -> SessionCard:
    device, kind = _device(row["agent"])
    return SessionCard(
        id=row["_id"],
        device=device,
        kind=kind,
        seen=row["seen"].isoformat(),
        here=row["_id"] == viewer.session_id,
        created=row["created"].isoformat(),
        network=row.get("network", ""),
    )


def _device(agent: str) -> tuple[str, str]:
    browsers = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"))
    browsers += (("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("iPhone", "iPhone", "phone"),
        ("iPad", "iPad", "tablet"),
        ("Android", "Android", "phone"),
        ("Windows", "Windows", "desktop"),
        ("Mac OS", "Mac", "desktop"),
        ("Linux", "Linux", "desktop"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "Browser")
    for mark, system, kind in systems:
        if mark in agent:
            return f"{browser} on {system}", kind
    return "Unknown device", "desktop"
