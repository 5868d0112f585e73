"""Each surface of the table, tried by everybody who may not see it; and no surface missing from it."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
import reflex as rx

import instagram_clone.instagram_clone as wiring
from instagram_clone.domain.core.errors import NotFound, NotSignedIn, Refused
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, membership, messages, receipts
from instagram_clone.domain.people import preferences, presence
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comments, likes, post_cards
from instagram_clone.live.bus import handlers
from instagram_clone.web import guard
from instagram_clone.web.http.app import http_routes
from instagram_clone.web.states import withdrawals
from tests.attacks import surfaces
from tests.attacks.surfaces import CAPTION, COMMENT_TEXT, COMMENT_TO_BEN, MESSAGE_TEXT, READS, Town
from tests.attacks.test_event_surface import short
from tests.conftest import join, share
from tests.server import ROOT

WEB = ROOT / "instagram_clone" / "web"

PRIVACY_ROLES = ("nobody", "stranger", "requested", "removed follower")
BLOCK_ROLES = ("blocked", "has blocked")
ROLES = (*PRIVACY_ROLES, *BLOCK_ROLES, "removed member")


async def make_town(ana: Viewer, ben: Viewer, cleo: Viewer, fay: Viewer, role: str) -> Town:
    """Set up a town where ben may see everything and ana, in her role, no longer may."""
    everybody = (ana, ben, cleo, fay)
    for person in everybody:
        for other in everybody:
            if person is not other and not (role in ("nobody", "stranger", "requested") and person is ana):
                await follows.follow(person, other.id)
    post, shared = await share(cleo, CAPTION), await share(cleo, CAPTION)
    await likes.like(fay, post)
    await likes.like(cleo, post)
    question = await comments.add(ana, post, "Is it yours?")
    for other in (ana, ben):
        if other is ben:
            mine = await comments.add(ben, post, "Where?")
            await comments.add(cleo, post, COMMENT_TEXT, answering=mine)
    await comments.add(cleo, post, f"{COMMENT_TEXT} @ana", answering=question)
    comment = await comments.add(cleo, post, COMMENT_TEXT)
    await likes.like_comment(fay, comment)
    await likes.like_comment(cleo, question)
    bens_post = await share(ben)
    await likes.like(cleo, bens_post)
    comment_to_ben = await comments.add(cleo, bens_post, COMMENT_TO_BEN)
    group = await conversations.start(ben, [ana.id, cleo.id])
    await messages.send(ben, group, "shared", post=shared)
    message = await messages.send(cleo, group, "written", text=MESSAGE_TEXT)
    photo = (await post_cards.show(cleo, post)).photo.id
    if role in PRIVACY_ROLES:
        await preferences.set_private(cleo, True)
    if role == "requested":
        await follows.follow(ana, cleo.id)
    elif role == "removed follower":
        await follows.remove_follower(cleo, ana.id)
    elif role == "blocked":
        await blocks.block(cleo, ana.id)
    elif role == "has blocked":
        await blocks.block(ana, cleo.id)
    elif role == "removed member":
        await membership.remove(ben, group, ana.id)
    return Town(
        cleo, fay, post, shared, photo, comment, question, group, message, ben, bens_post, comment_to_ben
    )


def secrets(town: Town, role: str) -> dict[str, str]:
    """Return what ana may not see in her role, by name."""
    if role == "removed member":
        return {"group": town.group, MESSAGE_TEXT: MESSAGE_TEXT, "message": town.message}
    hidden = {
        CAPTION: CAPTION,
        COMMENT_TEXT: COMMENT_TEXT,
        "post": town.post,
        "photo": town.photo,
        "comment": town.comment,
    }
    if role in BLOCK_ROLES:
        hidden |= {
            "cleo": town.cleo.id,
            "cleo's name": "cleo",
            COMMENT_TO_BEN: COMMENT_TO_BEN,
            "comment_to_ben": town.comment_to_ben,
        }
    return hidden


def all_secrets(town: Town) -> dict[str, str]:
    names = {text: text for text in (CAPTION, COMMENT_TEXT, MESSAGE_TEXT, COMMENT_TO_BEN, "notified")}
    ids = {name: getattr(town, name) for name in ("post", "photo", "comment", "group", "message")}
    return {**names, **ids, "cleo": town.cleo.id, "fay": town.fay.id}


async def shown(read: surfaces.Read, viewer: Viewer | None, town: Town) -> str:
    """Return what a viewer gets, as text; nothing where they are refused."""
    text = ""
    for read_part in (read.by, read.also):
        with contextlib.suppress(NotFound, Refused, NotSignedIn):
            text += repr(await read_part(viewer, town)) if read_part else ""
    return text


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_reads_what_they_may_not_see(
    ana: Viewer, ben: Viewer, cleo: Viewer, role: str
) -> None:
    town = await make_town(ana, ben, cleo, await join("fay"), role)
    viewer = None if role == "nobody" else ana
    hidden, all_text = secrets(town, role), all_secrets(town)
    for name, read in READS.items():
        full_text = await shown(read, ben, town)
        for secret in read.shows:
            assert all_text[secret] in full_text, (
                f"{name} does not show {secret} to somebody who may see it"
            )
        if viewer is None and not read.open_to_all:
            continue
        if (read.in_group and role in BLOCK_ROLES) or (read.shown_to_blocker and role == "has blocked"):
            continue
        content = await shown(read, viewer, town)
        leaked = {secret for secret, text in hidden.items() if text in content}
        assert not leaked, f"{name} shows {leaked} to somebody in the role {role!r}: {content}"


@pytest.mark.parametrize("role", BLOCK_ROLES)
async def test_blocked_members_of_a_group_see_only_each_others_messages(
    ana: Viewer, ben: Viewer, cleo: Viewer, role: str
) -> None:
    town = await make_town(ana, ben, cleo, await join("fay"), role)
    for one in (ana, cleo):
        await receipts.mark_read(one, town.group, 2)
        await presence.disconnected(one.id)
    [chat], _ = await READS["inbox.page"].by(ben, town)
    assert [(member.seen, member.active_at != "") for member in chat.members] == [(2, True), (2, True)]
    for viewer, other in ((ana, cleo), (cleo, ana)):
        [chat], _ = await READS["inbox.page"].by(viewer, town)
        assert chat.id == town.group
        assert MESSAGE_TEXT in await shown(READS["messages.page"], viewer, town)
        [member] = [member for member in chat.members if member.id == other.id]
        assert (member.seen, member.seen_at, member.online, member.active_at) == (0, "", False, "")


def domain_functions_used() -> Iterator[str]:
    """Yield every function of the domain that the web calls or imports."""
    for path in sorted(WEB.rglob("*.py")):
        modules: dict[str, str] = {}
        nodes = list(ast.walk(ast.parse(path.read_text())))
        for node in nodes:
            if not isinstance(node, ast.ImportFrom):
                continue
            package = node.module or ""
            if not package.startswith("instagram_clone.domain"):
                continue
            for alias in node.names:
                if f"{package}.{alias.name}" in sys.modules:
                    modules[alias.asname or alias.name] = f"{package}.{alias.name}"
                elif is_function(package, alias.name):
                    yield f"{package.rpartition('.')[2]}.{alias.name}"
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                module = modules.get(node.value.id)
                if module and is_function(module, node.attr):
                    yield f"{module.rpartition('.')[2]}.{node.attr}"


def is_function(module: str, name: str) -> bool:
    return inspect.isfunction(getattr(sys.modules[module], name, None))


def test_everything_the_web_reads_is_in_the_table() -> None:
    used = set(domain_functions_used())
    assert used - set(READS) - surfaces.NOT_SHOWN == set(), "add it to tests/attacks/surfaces.py"
    assert not set(READS) & surfaces.NOT_SHOWN
    assert (set(READS) | surfaces.NOT_SHOWN) - used == set(), "the web does not use this any more"


def test_every_page_and_route_is_in_the_table() -> None:
    assert set(wiring.app._unevaluated_pages) == set(surfaces.PAGES)
    assert {getattr(route, "path", "") for route in http_routes().routes} == set(surfaces.ROUTES)


def test_every_handler_is_in_the_table() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for name in guard.client_callable():
        state, _, handler = short(name).partition(".")
        found[state].add(handler)
    assert dict(found) == surfaces.HANDLERS


def registered(handler: Any) -> str:
    """Return what a handler calls, named by the state it edits, or by its module."""
    cells = [cell.cell_contents for cell in handler.__closure__ or ()]
    states = [cell.__name__ for cell in cells if inspect.isclass(cell)]
    called = [cell for cell in cells if inspect.isfunction(cell)]
    if states:
        [applier] = [
            cell
            for cell in called
            if cell.__name__ != "<lambda>" and "tab" in inspect.signature(cell).parameters
        ]
        return f"{states[0]}.{applier.__name__}"
    function = called[0] if called else handler
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def test_everything_that_is_pushed_is_in_the_table() -> None:
    pushed = {
        kind.__name__: {registered(handler) for handler in found}
        for kind, found in handlers._handlers.items()
        if kind.__module__.startswith("instagram_clone.")
    }
    assert pushed == surfaces.APPLIERS


def states(of: type[rx.State] = rx.State) -> Iterator[type[rx.State]]:
    for state in of.__subclasses__():
        if state.__module__.startswith("instagram_clone.web.states."):
            yield state
        yield from states(state)


def shown_by(state: type[rx.State]) -> set[str]:
    """Return the names of the app's dataclasses that a state's vars contain."""
    found, waiting = (
        set(),
        [hint for name, hint in get_type_hints(state).items() if name in state.base_vars],
    )
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if dataclasses.is_dataclass(hint) and getattr(hint, "__module__", "").startswith(
            "instagram_clone."
        ):
            found.add(getattr(hint, "__name__", ""))
    return found


def test_every_state_that_shows_people_has_registered_its_withdrawal() -> None:
    showing = {state.__name__: shown for state in states() if (shown := shown_by(state))}
    assert {"PostCard", "CommentCard"} <= showing["TimelineState"] and len(showing) > 7
    registered = {state.__name__ for state in withdrawals.slices}
    assert set(showing) - surfaces.WITHDRAWS_NOTHING == registered


def test_every_fact_that_the_server_sends_is_in_the_table() -> None:
    found = {
        node.attr
        for path in (*(WEB / "states").rglob("*.py"), *WEB.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "fact_keys"
    }
    keys = {name for name in found if name.endswith("_key")}
    assert keys == set(surfaces.FACTS), "add it to tests/attacks/surfaces.py"
