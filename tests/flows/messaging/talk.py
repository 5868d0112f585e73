"""Friends who talk: the setup and locators of the messaging tests."""

from __future__ import annotations

import itertools
from datetime import timedelta

from bson import ObjectId
from playwright.sync_api import Locator, Page

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people.relations import follows
from tests.flows.conftest import Stage

WINDOW = 300
"""The number of messages that a conversation shows at a time."""

SCROLL_TO_TOP = """box => {
    box.scrollTo({ top: 0 });
    return box.querySelector("[data-message]").dataset.message;
}"""
"""Scrolls to the first message, and returns its id."""


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


def bubbles(page: Page) -> Locator:
    """Return the messages that have arrived, whoever wrote them."""
    return page.locator("[data-message] p.ic-bubble")


def shown(page: Page) -> list[str]:
    return bubbles(page).all_inner_texts()


async def multiply_messages(chat: str, people: list[Viewer], count: int) -> None:
    """Turn a conversation of one message into one of `count`."""
    row = await db.messages.find_one({"conversation": ObjectId(chat)})
    assert row
    more = [
        {
            **row,
            "_id": ObjectId(),
            "seq": row["seq"] + number,
            "key": f"many-{number}",
            "author": people[number // 3 % len(people)].oid,
            "text": f"Number {number}",
            "line": f"Number {number}",
        }
        for number in range(1, count)
    ]
    await db.messages.insert_many(more)
    read = {"last": row["seq"] + count - 1, "members.$[].seen": row["seq"] + count - 1, "unread": []}
    await db.conversations.update_one({"_id": row["conversation"]}, {"$set": read})


async def multiply_conversations(chat: str, count: int) -> None:
    """Add many conversations, newer than a given one and named after their order."""
    row = await db.conversations.find_one({"_id": ObjectId(chat)})
    assert row
    more = [
        {
            **row,
            "_id": ObjectId(),
            "key": f"many-{number}",
            "name": f"Walk {number}",
            "at": row["at"] + timedelta(seconds=number),
        }
        for number in range(1, count)
    ]
    await db.conversations.insert_many(more)


def pixels_below(page: Page) -> float:
    """Return how many pixels of a conversation are below the visible part."""
    return log(page).evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight")
