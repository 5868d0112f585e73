"""Who announces events, who acts on them, and who pushes."""

from __future__ import annotations

import ast

from instagram_clone.domain import subscriptions
from instagram_clone.domain.core.events import Event
from tests.architecture.source import AREAS, area, calls, modules

PUSHES = {"emit_update", "modify_state", "send_packet", "emit", "enqueue"}


def test_only_the_domain_announces() -> None:
    for path in modules():
        if "domain" not in path.parts:
            assert ("events", "publish") not in set(calls(path)), path


def test_events_with_follow_up_work_are_announced_in_a_transaction() -> None:
    later, published = {kind.__name__ for kind in subscriptions.LATER}, set()
    for path in modules("domain"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="publish"), args=[ast.Call(func=kind)]):
                    published.add(ast.unparse(kind))
    assert len(later) >= 10 and published
    assert later & published == set(), "these are lost when the process dies"


def test_subscribers_are_listed_in_one_table_in_the_order_of_areas() -> None:
    for path in modules("domain"):
        if path.name not in ("subscriptions.py", "events.py"):
            assert "subscribe" not in {verb for _, verb in calls(path)}, path
    for table in (subscriptions.NOW, subscriptions.LATER):
        for kind, subscribers in table.items():
            order = [AREAS.index(area(one.__module__) or "") for one in subscribers]
            assert order == sorted(order), kind


def test_an_event_is_published_in_the_area_that_defines_it() -> None:
    home = {kind.__name__: area(kind.__module__) for kind in Event.__subclasses__()}
    strays = []
    for own in AREAS:
        for path in modules("domain", own):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="publish" | "announce"),
                        args=[ast.Call(func=ast.Name(id=kind))],
                    ) if home.get(kind, own) != own:
                        strays.append(f"{own}/{path.name} publishes {kind}")
    assert strays == []


def test_only_live_pushes() -> None:
    for path in modules():
        if "live" not in path.parts:
            pushed = {name for _, name in calls(path)} & PUSHES
            assert not pushed, f"{path}: {pushed}"
