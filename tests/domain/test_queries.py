"""Every query of the product is served by an index, and examines little more than it returns."""

from __future__ import annotations

import ast
import contextlib
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from pymongo.monitoring import CommandStartedEvent

from instagram_clone.domain.core import db, outbox, throttles
from instagram_clone.domain.core.errors import DomainError
from instagram_clone.domain.core.outbox import leases
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents, search, suggestions
from instagram_clone.domain.media import avatars, drafts, media
from instagram_clone.domain.messaging import conversations, inbox, membership, messages, receipts
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import (
    accounts,
    audiences,
    counts,
    directory,
    preferences,
    presence,
    profiles,
    usernames,
    visibility,
)
from instagram_clone.domain.people.credentials import (
    credentials,
    email_changes,
    emails,
    log_ins,
    recovery,
    session_cards,
    sessions,
    tokens,
)
from instagram_clone.domain.people.relations import blocks, follow_requests, graph
from instagram_clone.domain.posts import comment_cards, comments, feed, likes, post_cards, posts, saves
from tests.conftest import PASSWORD, file_of, picture
from tests.domain import crashes
from tests.domain.conftest import Commands, send_all
from tests.domain.test_crashes import build_town
from tests.mailbox import Mailbox, token

pytestmark = pytest.mark.anyio

DOMAIN = Path(inspect.getfile(db)).parent
COPIES = 40
"""How many copies of the town, belonging to other people, are added: a query that scans them is caught."""

MARGIN = 25
FULL_SCANS = {"repair", "settle_pending", "remove_old_markers", "number_all", "rewrite_email_keys"}
FULL_SCANS |= {"_is_shown", "has_avatar"}
FULL_SCANS |= {"failed", "retry", "has_pending"}
"""These scan everything on purpose: migrations, and what is run by hand."""

UPDATES_BY_ID = {"_renew", "_record_failure"}
"""These update a row by its id, when something takes long or fails."""

EXEMPT_FILES = {"migrations.py", "schema.py", "db.py"}


class Callers(Commands):
    """Every command, and which functions of the domain have sent one."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.callers: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        before = len(self.sent)
        super().started(event)
        if len(self.sent) > before:
            names = list(_callers())
            self.seen.update(names)
            self.callers.append(names[0] if names else "")


def _callers() -> Iterator[str]:
    frame = inspect.currentframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if DOMAIN in path.parents:
            yield f"{path.name}:{frame.f_code.co_qualname}"
        frame = frame.f_back


def _querying_functions() -> set[str]:
    """Return the functions of the domain that use a collection."""
    return {
        f"{path.name}:{name}"
        for path in DOMAIN.rglob("*.py")
        if path.name not in EXEMPT_FILES
        for name in _functions_in(ast.parse(path.read_text()), "")
        if name.rpartition(".")[2] not in FULL_SCANS | UPDATES_BY_ID
        and not name.startswith(tuple(FULL_SCANS))
    }


def _functions_in(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if _uses_collection(child):
                yield prefix + child.name
            yield from _functions_in(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions_in(child, f"{prefix}{child.name}.")
        else:
            yield from _functions_in(child, prefix)


def _uses_collection(node: ast.AST) -> bool:
    return any(
        (
            isinstance(child, ast.Attribute)
            and isinstance(child.value, ast.Name)
            and child.value.id == "db"
            and child.attr in db.collections()
        )
        or _uses_collection(child)
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
    )


async def add_other_people() -> None:
    """Fill every collection with copies of what it has, for people and things outside the town."""
    rows_by_collection = {name: await db.__getattr__(name).find({}).to_list() for name in db.collections()}
    for _ in range(COPIES):
        ids: dict[Any, Any] = {}
        for name, rows in rows_by_collection.items():
            copies = [_copied(row, ids) for row in rows]
            if copies and name not in ("migrations", "throttles"):
                await db.__getattr__(name).insert_many(copies)


def _copied(value: Any, ids: dict[Any, Any], key: str = "") -> Any:
    if isinstance(value, ObjectId):
        return ids.setdefault(value, ObjectId())
    if isinstance(value, dict):
        return {name: _copied(one, ids, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_copied(one, ids, key) for one in value]
    if isinstance(value, str) and (key in ("_id", "key", "id", "subject") or key.endswith("_key")):
        return ids.setdefault(value, f"{value}{ObjectId()}")
    return value


async def call_everything(ana: Viewer, ids: crashes.Ids) -> None:
    """Call everything that queries the database, at least once."""
    ben = await _viewer("ben")
    dan = await _viewer("dan")
    post, own, comment, chat = ids["post"], ids["own post"], ids["own comment"], ids["chat"]
    for page in (feed.home(ana), feed.home(ana, post), feed.explore(ana), feed.explore(ana, post)):
        await page
    for page in (feed.by_person(ana, ben.id), feed.by_person(ana, ben.id, post), feed.explore(None)):
        await page
    await post_cards.show(ana, post)
    await post_cards.visible(ana, [ObjectId(post)])
    await post_cards.by_author(ben.id, [post])
    await comment_cards.page(ana, post)
    await comment_cards.page(ana, post, comment)
    await comment_cards.replies(ana, comment)
    await comment_cards.replies(ana, comment, comment)
    await likes.people(ana, own)
    await likes.people(ana, own, str(ObjectId()))
    await likes.comment_people(ana, comment)
    await saves.save(ana, post)
    await saves.page(ana)
    await saves.page(ana, str(ObjectId()))
    await saves.unsave(ana, post)
    for listed in (directory.followers_page, directory.following_page):
        await listed(ana, ben.id)
        await listed(ana, ben.id, str(ObjectId()))
    await suggestions.people(ana)
    await suggestions.dismiss(ana, ids["cleo"])
    for text in ("b", "ben", "be be", "ben@", "bemj", "cleeo"):
        found = await search.people(ana, text, 1)
        await search.people(ana, text, 1, found.cursor or f"3{bytes(13).hex()}")
    for text in ("look", "loo", "another look", "another loo", "unphotographed"):
        await search.posts(ana, text)
        await search.posts(ana, text, 1, post)
    await search.everything(ana, "ben")
    await recents.remember(ana, person_id=ben.id)
    await recents.remember(ana, text="look")
    await recents.recent(ana)
    await recents.remove(ana, str(ObjectId()))
    await recents.clear(ana)
    await directory.relationship(ana, ben.id)
    await directory.requests_page(dan)
    await directory.requests_page(dan, str(ObjectId()))
    await directory.requests(dan)
    await graph.is_following(ana, ben.id)
    await follow_requests.requested_among(ana.oid, [ben.oid])
    await graph.followers_among_all([ana.oid], [ben.oid])
    await graph.followees(ana.oid, 10)
    await graph.followers_among(ana.id, [ben.id])
    await graph.mutual(ana.oid, [ben.oid])
    await profiles.profile("BEN")
    await profiles.own_profile(ana)
    await preferences.alert_rules(ana.oid)
    await preferences.set_alert_rule(ana, "like", "following")
    await preferences.of([ana.oid, ben.oid])
    await preferences.set_preference(ana, "show_active", True)
    await presence.last_online([ben.oid])
    await profiles.edit_profile(ana, "Ana", "ana", "", "")
    await presence.disconnected(ana.id)
    await usernames.is_taken("ana")
    await usernames.suggest_similar("ana")
    await usernames.mentioned("@ben")
    await activity.page(ben)
    await activity.page(ben, "5")
    await activity.unread(ben)
    await activity.mark_seen(ben)
    await blocks.mine(ana)
    await blocks.check_reachable(ana, [ben.oid], "")
    await blocks.between(ana.oid, ben.oid)
    await visibility.viewers_among(audiences.Item(ben.oid), [ana.id])
    await visibility.all_blocked_either_way([ana.oid], [ben.oid])
    await inbox.page(ana)
    await inbox.page(ana, before=f"2030-01-01T00:00:00+00:00 {chat}")
    await inbox.requests(ana)
    await inbox.people(ana)
    await inbox.unread(ana)
    await inbox.show(ana, chat)
    await messages.page(ana, chat)
    await messages.page(ana, chat, 2)
    await messages.react(ana, chat, ids["sent photo"], "🔥")
    await receipts.mark_read(ana, chat, 1)
    await membership.mute(ana, chat, True)
    await conversations.start(ben, [ana.id])
    group = await conversations.start(ana, [ben.id, ids["cleo"]], "Us")
    await membership.rename(ana, group, "We")
    await membership.leave(ben, group)
    await conversations.catch_up(ObjectId(chat))
    await drafts.sweep()
    await session_cards.mine(ana)
    await sessions.end_others(ana)
    await outbox.process_due()
    await leases.take_next(ana.id, datetime.now(UTC))


async def account_actions(ana: Viewer, box: Mailbox) -> None:
    """Do what people do with their own account."""
    signed_in = await sessions.viewer(await sessions.start(ana.id, "Firefox/1 Linux"))
    assert signed_in is not None
    await accounts.sign_up("new@example.com", "New", "newcomer", PASSWORD, "1")
    with contextlib.suppress(DomainError):
        await log_ins.log_in("ana", "not that one", "1")
    await log_ins.log_in("ana@example.com", PASSWORD, "1")
    await throttles.give_back("a", "b")
    await tokens.discard("nobody's")
    await emails.own(ana)
    await emails.ask_to_confirm(ana.id)
    await send_all()
    await emails.confirm(token(box.to("ana@example.com", "Confirm")[-1]), "1")
    for end in (email_changes.cancel, None):
        await email_changes.begin(signed_in, "ana@example.org", PASSWORD)
        await send_all()
        if end is not None:
            await end(signed_in)
    for address in ("ana@example.com", "ana@example.org"):
        await emails.confirm(token(box.to(address)[-1]), "1")
    await credentials.strength(signed_in, PASSWORD)
    await credentials.change_password(signed_in, PASSWORD, "five lemons in a jar")
    await send_all()
    link = await recovery.make_link("ana")
    await recovery.is_valid(link.partition("token=")[2])
    await recovery.reset(link.partition("token=")[2], "six limes on a shelf", "1")
    await sessions.end(signed_in)


async def rare_actions(ana: Viewer, ids: crashes.Ids, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what seldom happens."""
    ben = await _viewer("ben")
    await blocks.unblock(ana, ben.id)
    await counts.recount(ana.oid)
    await posts.recount(ObjectId(ids["post"]))
    await comments.recount(ObjectId(ids["comment"]))
    photo = (await post_cards.show(ana, ids["post"])).photo
    await media.access_file(ana, photo.id, 320)
    monkeypatch.setattr(feed, "_MAX_MERGED", 1)
    await feed.home(ana)
    monkeypatch.setattr(feed, "_MANY_AUTHORS", 1)
    await feed.home(ana)
    await comments.add(ana, ids["post"], "Nice, @cleo", "c", ids["comment"])
    await likes.like_comment(ana, ids["comment"])
    await likes.unlike_comment(ana, ids["comment"])
    await avatars.set_avatar(ana, (await drafts.store(ana, file_of(picture(400, 400)))).id)


async def rare_conversation_actions(ana: Viewer, ids: crashes.Ids) -> None:
    """Do what seldom happens in conversations."""
    ben, chat = await _viewer("ben"), ids["chat"]
    row = await db.messages.find_one({"_id": ObjectId(ids["sent photo"])})
    assert row is not None
    await media.access_file(ben, row["photo"]["id"], 256)
    answer = await messages.send(ben, chat, "answer", text="Nice", answering=ids["sent photo"])
    await messages.page(ana, chat)
    with contextlib.suppress(DomainError):
        await messages.send(ben, chat, "answer", text="")
    await messages.unsend(ben, chat, answer)


async def _viewer(username: str) -> Viewer:
    found = await profiles.profile(username)
    return Viewer(found.id, username, "")


async def test_every_query_is_served_by_an_index_and_examines_little_more_than_it_returns(
    database: None, mongo_uri: str, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts._summaries, "seconds", 0)
    ana, ids = await build_town()
    await add_other_people()
    listener = Callers()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[listener])
    listener.sent.clear()
    listener.callers.clear()
    await call_everything(ana, ids)
    await rare_conversation_actions(ana, ids)
    for name in sorted(crashes.CHANGES, key=lambda name: name == "block"):
        with contextlib.suppress(DomainError):
            await crashes.CHANGES[name](ana, ids)
    await rare_actions(ana, ids, monkeypatch)
    await account_actions(ana, box)
    commands, callers = list(listener.sent), list(listener.callers)
    missing = _querying_functions() - listener.seen
    expensive = [
        f"{caller}: {found}"
        for (name, command), caller in zip(commands, callers, strict=True)
        for query in _queries(name, command)
        if (found := await _verdict(query))
    ]
    assert not expensive, "\n".join(sorted(set(expensive)))
    assert not missing, "\n".join(sorted(missing))


async def _verdict(query: dict[str, Any]) -> str:
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


_EXPLAINED = (
    "filter",
    "query",
    "sort",
    "limit",
    "hint",
    "pipeline",
    "cursor",
    "update",
    "remove",
    "fields",
)
_EXPLAINED += ("arrayFilters", "upsert", "new")


def _queries(name: str, command: dict[str, Any]) -> list[dict[str, Any]]:
    if name in ("find", "aggregate", "count", "findAndModify"):
        return [{name: command[name], **{key: command[key] for key in _EXPLAINED if key in command}}]
    if name in ("update", "delete"):
        inner = {"update": "updates", "delete": "deletes"}[name]
        return [{name: command[name], inner: [one]} for one in command[inner]]
    return []
