"""Who may see an item, and that all forms of the rule agree: for one, for many, as a query, for viewers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import audiences, preferences, visibility
from instagram_clone.domain.people.audiences import (
    CLOSE_FRIENDS,
    EVERYONE,
    FOLLOWERS,
    ONLY_ME,
    Item,
    Relation,
)
from instagram_clone.domain.people.relations import blocks, follows, graph
from instagram_clone.domain.people.visibility import Reader
from tests.conftest import join

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
AUTHOR = ObjectId()
CAST = {
    "author": Relation(own=True),
    "close friend": Relation(close_friend=True),
    "follower": Relation(follows=True),
    "stranger": Relation(),
    "blocked": Relation(blocked=True, follows=True, close_friend=True),
    "follower of a private account": Relation(private=True, follows=True),
    "close friend of a private account who does not follow it": Relation(private=True, close_friend=True),
    "stranger to a private account": Relation(private=True),
}
PUBLIC = {"author", "close friend", "follower", "stranger", "follower of a private account"}


@pytest.mark.parametrize(
    ("item", "seen_by"),
    [
        (Item(AUTHOR), PUBLIC),
        (Item(AUTHOR, EVERYONE, NOW + timedelta(seconds=1)), PUBLIC),
        (Item(AUTHOR, FOLLOWERS), {"author", "follower", "follower of a private account"}),
        (Item(AUTHOR, CLOSE_FRIENDS), {"author", "close friend"}),
        (Item(AUTHOR, ONLY_ME), {"author"}),
        (Item(AUTHOR, "of another version"), {"author"}),
        (Item(AUTHOR, EVERYONE, NOW), {"author"}),
        (Item(AUTHOR, EVERYONE, None, NOW), {"author"}),
        (Item(AUTHOR, EVERYONE, NOW + timedelta(days=1), NOW - timedelta(days=1)), {"author"}),
    ],
)
def test_an_item_is_visible_to_its_audience_within_privacy_and_blocks(
    item: Item, seen_by: set[str]
) -> None:
    assert {name for name, relation in CAST.items() if relation.shows(item, NOW)} == seen_by


MOMENTS = st.sampled_from([None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)])
LATER = st.sampled_from([None, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])


def items_by(authors: st.SearchStrategy[Any], moments: st.SearchStrategy[datetime | None]) -> Any:
    """Rows of items, many without any of the fields that narrow who sees them."""
    audiences = st.sampled_from([None, EVERYONE, FOLLOWERS, CLOSE_FRIENDS, ONLY_ME, "of another version"])
    more = {"audience": audiences, "expires_at": moments, "archived_at": moments}
    rows = st.fixed_dictionaries({"author": authors}, optional=more)
    return st.lists(rows, max_size=30)


def ids(rows: list[dict[str, Any]]) -> list[ObjectId]:
    return sorted(row["_id"] for row in rows)


async def stored(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Store these rows and no others, and return them as read from the database."""
    await db.posts.delete_many({})
    if drawn:
        await db.posts.insert_many([{**row, "_id": ObjectId()} for row in drawn])
    return await db.posts.find({}).to_list()


AUTHORS = {relation: ObjectId() for relation in CAST.values()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.sampled_from(list(AUTHORS))),
    items_by(st.sampled_from(list(AUTHORS.values())), MOMENTS),
)
async def test_the_query_finds_what_the_rule_shows(
    database: None, relations: set[Relation], drawn: list[dict[str, Any]]
) -> None:
    rows = await stored(drawn)
    relation_to = {author: relation for relation, author in AUTHORS.items() if relation in relations}
    query = audiences.query_for({one: [AUTHORS[one]] for one in relations}, NOW)
    shown = [
        row
        for row in rows
        if row["author"] in relation_to and relation_to[row["author"]].shows(audiences.item_of(row), NOW)
    ]
    assert ids(await db.posts.find(query).to_list()) == ids(shown)


@pytest.fixture
async def town(database: None) -> dict[str, Viewer]:
    """Ana, and people related to her in every way, each with a public and with a private account."""
    cast = {"ana": await join("ana")}
    for private in (False, True):
        for relationship in ("stranger", "followed", "blocking", "blocked"):
            name = f"{relationship}{'_private' * private}"
            cast[name] = other = await join(name)
            if relationship == "followed":
                await follows.follow(cast["ana"], other.id)
            if relationship == "blocking":
                await blocks.block(other, cast["ana"].id)
            if relationship == "blocked":
                await blocks.block(cast["ana"], other.id)
            if private:
                await preferences.set_private(other, True)
    return cast


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=items_by(st.integers(0, 8), LATER))
async def test_every_form_of_the_rule_shows_the_same(
    town: dict[str, Viewer], drawn: list[dict[str, Any]]
) -> None:
    people = list(town.values())
    ana, authors = town["ana"], [one.oid for one in people]
    rows = await stored([{**row, "author": authors[row["author"]]} for row in drawn])
    for viewer, name in ((ana, ana.id), (None, "")):
        seen = [row for row in rows if await visibility.may_see(viewer, audiences.item_of(row))]
        assert await Reader(viewer).visible(rows) == seen
        assert ids(await db.posts.find(await Reader(viewer).query(authors)).to_list()) == ids(seen)
        by_viewer = [
            row for row in rows if name in await visibility.viewers_among(audiences.item_of(row), [name])
        ]
        assert by_viewer == seen
    home = {ana.oid, *(town[name].oid for name in ("followed", "followed_private"))}
    reader = Reader(ana, home)
    assert await reader.visible(rows) == await Reader(ana).visible(rows)
    query = await visibility.home_query(ana, await graph.followees(ana.oid))
    found = await db.posts.find(query).to_list()
    assert ids(found) == ids([row for row in await reader.visible(rows) if row["author"] in home])
    open_ = [town[name].oid for name in town if not name.endswith("_private")]
    public = await db.posts.find({"author": {"$in": open_}, **audiences.public_query()}).to_list()
    assert ids(public) == ids(await Reader(None).visible(rows))


async def test_followers_are_queried_once_and_only_for_a_followers_only_post(
    town: dict[str, Viewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    queried: list[list[ObjectId]] = []
    real = graph.followees_among

    async def spy(user: ObjectId, others: list[ObjectId]) -> set[ObjectId]:
        queried.append(sorted(others))
        return await real(user, others)

    monkeypatch.setattr(graph, "followees_among", spy)
    followed, stranger = town["followed"].oid, town["stranger"].oid
    reader = Reader(town["ana"])
    assert await reader.may_see(Item(followed)) and queried == []
    for _ in range(2):
        shown = await reader.visible(
            [Item(followed, FOLLOWERS), Item(stranger, FOLLOWERS)], lambda one: one
        )
        assert shown == [Item(followed, FOLLOWERS)]
    assert queried == [sorted([followed, stranger])]
