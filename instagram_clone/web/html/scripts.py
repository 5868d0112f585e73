"""Which scripts a page needs in addition to those of every page, according to React Router's manifest."""

from __future__ import annotations

import json

PARAMETER, WILDCARD = ":", "*"

Route = tuple[str, ...]


def routes_in(manifest: str) -> dict[Route, list[str]]:
    """Return the addresses of each route's scripts, by the segments of its path."""
    entries = json.loads(manifest.partition("=")[2].strip().removesuffix(";"))["routes"].values()
    return {
        tuple(entry["path"].split("/")): [*entry["imports"], entry["module"]]
        for entry in entries
        if entry.get("path")
    }


def scripts_at(path: str, routes: dict[Route, list[str]]) -> list[str]:
    """Return the scripts of the page at a path; a literal segment takes precedence over a parameter."""
    parts = path.strip("/").split("/")
    matching = [
        route
        for route in routes
        if len(route) == len(parts)
        and all(
            segment in (part, WILDCARD) or segment.startswith(PARAMETER)
            for segment, part in zip(route, parts, strict=True)
        )
    ]
    return (
        routes[min(matching, key=lambda route: [_rank(segment) for segment in route])] if matching else []
    )


def _rank(segment: str) -> int:
    return 2 if segment == WILDCARD else int(segment.startswith(PARAMETER))
