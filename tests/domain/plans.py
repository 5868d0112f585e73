"""What MongoDB says about the cost of a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from instagram_clone.domain.core import db

MARGIN = 25

_EXPLAINED = ("filter", "query", "sort", "limit", "hint", "pipeline", "cursor")
_EXPLAINED += ("update", "remove", "fields", "arrayFilters", "upsert", "new")


def queries(name: str, command: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the queries in a command that can be explained."""
    if name in ("find", "aggregate", "count", "findAndModify"):
        return [{name: command[name], **{key: command[key] for key in _EXPLAINED if key in command}}]
    if name in ("update", "delete"):
        inner = {"update": "updates", "delete": "deletes"}[name]
        return [{name: command[name], inner: [one]} for one in command[inner]]
    return []


async def verdict(query: dict[str, Any]) -> str:
    """Return why a query is too expensive: no index serves it, or it examines too much. "" if it is not."""
    plan = await db.users.database.command("explain", query, verbosity="executionStats")
    bad = {"COLLSCAN", "SORT"} & set(_values(plan.get("queryPlanner", plan), "stage"))
    examined = sum(_values(plan, "totalKeysExamined"))
    returned = sum(_values(plan, "nReturned", "nWouldModify", "nWouldDelete"))
    if not bad and examined <= returned + _size(query) + MARGIN:
        return ""
    return f"{sorted(bad)} {examined} keys for {returned} rows: {query}"


def _values(plan: Any, *names: str) -> Iterator[Any]:
    if isinstance(plan, dict):
        for name, value in plan.items():
            if name in names and not isinstance(value, dict | list):
                yield value
            yield from _values(value, *names)
    elif isinstance(plan, list):
        for one in plan:
            yield from _values(one, *names)


def _size(query: Any) -> int:
    """Return how many keys a query's values may cost: a lookup or two for each."""
    if isinstance(query, dict):
        return sum(_size(one) for one in query.values())
    return sum(2 + _size(one) for one in query) if isinstance(query, list) else 0
