"""Friends who talk: what flows of messages begin with and look at."""

from __future__ import annotations

import itertools

from playwright.sync_api import Locator, Page

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people.relations import follows
from tests.flows.conftest import Stage


def friends(stage: Stage, *names: str) -> list[Viewer]:
    people = [stage.join(name) for name in names]
    for one, other in itertools.permutations(people, 2):
        stage.do(follows.follow, one, other.id)
    return people


def chat_of(stage: Stage, viewer: Viewer, *others: Viewer, name: str = "") -> str:
    return stage.do(conversations.start, viewer, [other.id for other in others], name)


def say(stage: Stage, viewer: Viewer, chat: str, text: str) -> str:
    return stage.do(messages.send, viewer, chat, f"behind-{viewer.id}-{text}", text=text)


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message")
    field.fill(text)
    field.press("Enter")


def stored(stage: Stage, viewer: Viewer, chat: str) -> list[str]:
    page, _ = stage.do(messages.page, viewer, chat)
    return ["".join(piece.text for piece in one.text) for one in page]


def shown(page: Page) -> list[str]:
    return page.locator("[data-message] p.ic-bubble").all_inner_texts()
