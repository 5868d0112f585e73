"""Which scripts a page needs in addition to those of every page, according to React Router's manifest."""

from __future__ import annotations

import json

ANY, LOST = ":", "*"

Route = tuple[str, ...]


def routes_in(manifest: str) -> dict[Route, list[str]]:
    """Return the addresses of each route's scripts, by the segments of its path."""
    routes = json.loads(manifest.partition("=")[2].strip().removesuffix(";"))["routes"].values()
    return {
        tuple(one["path"].split("/")): [*one["imports"], one["module"]] for one in routes if one.get("path")
    }


def scripts_at(path: str, routes: dict[Route, list[str]]) -> list[str]:
    """Return the scripts of the page at a path; a literal segment takes precedence over a parameter."""
    parts = path.strip("/").split("/")
    fitting = [
        route
        for route in routes
        if len(route) == len(parts)
        and all(
            own in (given, LOST) or own.startswith(ANY) for own, given in zip(route, parts, strict=True)
        )
    ]
    return routes[min(fitting, key=lambda route: [_rank(own) for own in route])] if fitting else []


def _rank(part: str) -> int:
    return 2 if part == LOST else int(part.startswith(ANY))
