"""What an open conversation shows: the rules in node against twins in Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.messaging import thread
from tests.web.node_runner import call, run

CHAT, ME = "c", "ana"
START = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)

people = st.sampled_from(["ana", "ben", "cleo"])
times = st.integers(0, 60 * 30).map(lambda minutes: (START + timedelta(minutes=minutes)).isoformat())
numbers = st.integers(0, 4)


def message(seq: int, rev: int, by: str, **more: Any) -> dict[str, Any]:
    return {"id": f"m{seq}", "seq": seq, "rev": rev, "by": by, "at": START.isoformat(), **more}


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Draw a loaded page, with gaps, and facts for older, newer, changed and unsent messages."""
    first, last = sorted((draw(st.integers(1, 9)), draw(st.integers(1, 9))))
    loaded = [
        message(seq, draw(numbers), draw(people)) for seq in range(first, last) if draw(st.booleans())
    ]
    received = {}
    for seq in draw(st.lists(st.integers(1, 14), unique=True, max_size=8)):
        gone = {"id": f"m{seq}", "gone": True}
        received[f"m_{CHAT}_m{seq}"] = draw(
            st.just(gone) | st.just(message(seq, draw(numbers), draw(people)))
        )
    return loaded, received


def merged(loaded: list[dict[str, Any]], received: dict[str, Any], cleared: int) -> list[dict[str, Any]]:
    messages = {one["id"]: one for one in loaded}
    newest = loaded[-1]["seq"] if loaded else 0
    for update in received.values():
        before = messages.get(update["id"])
        if update.get("gone"):
            messages.pop(update["id"], None)
        elif update["rev"] > before["rev"] if before else update["seq"] > newest:
            messages[update["id"]] = update
    return sorted((one for one in messages.values() if one["seq"] > cleared), key=lambda one: one["seq"])


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(conversations(), st.integers(0, 9)), min_size=100, max_size=200))
def test_received_messages_are_merged_into_those_loaded(
    drawn: list[Any],
) -> None:
    cases = [(*conversation, cleared) for conversation, cleared in drawn]
    assert run(lambda loaded, received, cleared: thread.merge(CHAT, loaded, received, cleared), cases) == [
        merged(*case) for case in cases
    ]


def test_a_message_received_twice_or_late_is_shown_once_and_in_order() -> None:
    loaded = [message(1, 0, "ben"), message(2, 3, "ana")]
    received = {f"m_{CHAT}_m{one['seq']}": one for one in (message(4, 0, "ana"), message(2, 1, "ana"))}
    messages = call(lambda loaded, received: thread.merge(CHAT, loaded, received, 0), loaded, received)
    assert [(one["seq"], one["rev"]) for one in messages] == [(1, 0), (2, 3), (4, 0)]
    assert call(lambda loaded, received: thread.merge("other", loaded, received, 0), loaded, {}) == loaded


histories = st.lists(st.tuples(people, times), max_size=12).map(
    lambda drawn: [
        {**message(seq, 0, by), "at": at}
        for seq, (by, at) in enumerate(sorted(drawn, key=lambda one: one[1]), 1)
    ]
)


def grouped(messages: list[dict[str, Any]], unread: int) -> list[dict[str, Any]]:
    def local(one: dict[str, Any]) -> datetime:
        return datetime.fromisoformat(one["at"]).astimezone()

    def continues(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
        return bool(
            one
            and other
            and one["by"] == other["by"]
            and local(other) - local(one) < timedelta(minutes=5)
            and local(other).date() == local(one).date()
            and other["seq"] != unread
        )

    around: list[Any] = [None, *messages, None]
    return [
        {
            "message": one["id"],
            "day": before is None or local(before).date() != local(one).date(),
            "unread": one["seq"] == unread,
            "begins": not continues(before, one),
            "ends": not continues(one, after),
        }
        for before, one, after in zip(around, messages, around[2:], strict=False)
    ]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(histories, st.integers(0, 12)), min_size=50, max_size=100))
def test_groups_are_by_one_person_within_five_minutes_on_one_day(cases: list[Any]) -> None:
    def rows(messages: Any, unread: Any) -> Any:
        return thread.rows(messages, unread, 0).map(
            lambda row: {
                "message": row.message.id,
                "day": row.day != "",
                "unread": row.unread,
                "begins": row.begins,
                "ends": row.ends,
            }
        )

    assert run(rows, cases) == [grouped(*case) for case in cases]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(histories, st.integers(0, 12)), min_size=100, max_size=200))
def test_the_unread_line_is_above_the_first_unread_message_until_a_reply(
    cases: list[Any],
) -> None:
    def first_unread(messages: list[dict[str, Any]], seen: int) -> int:
        first = next((one["seq"] for one in messages if one["seq"] > seen and one["by"] != ME), 0)
        replied = first and any(one["seq"] > first and one["by"] == ME for one in messages)
        return 0 if replied else first

    assert run(lambda messages, seen: thread.first_unread(messages, seen, ME), cases) == [
        first_unread(*case) for case in cases
    ]


reacted = st.dictionaries(people, st.sampled_from(["❤️", "🔥"]))
taps = st.none() | st.fixed_dictionaries({"rev": numbers, "emoji": st.sampled_from(["", "❤️", "😂"])})


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(reacted, numbers, taps), min_size=100, max_size=200))
def test_a_reaction_is_shown_as_chosen_until_the_server_answers(cases: list[Any]) -> None:
    def reactions(stored: dict[str, str], rev: int, optimistic: dict[str, Any] | None) -> dict[str, str]:
        if optimistic is None or optimistic["rev"] < rev:
            return stored
        return {who: emoji for who, emoji in {**stored, ME: optimistic["emoji"]}.items() if emoji}

    given_ = [({"reactions": stored, "rev": rev}, optimistic) for stored, rev, optimistic in cases]
    shown = run(lambda message, optimistic: thread.reactions(message, optimistic, ME), given_)
    assert [dict(pairs) for pairs in shown] == [reactions(*case) for case in cases]


def test_reactions_are_worded_by_emoji() -> None:
    members = [{"id": "ben", "username": "ben"}, {"id": "cleo", "username": "cleo"}]

    def words(*pairs: Any) -> str:
        return call(lambda pairs: thread.reaction_words(pairs, members, ME), pairs)

    assert words(("ana", "❤️")) == "Liked by you"
    assert words(("ben", "🔥"), ("ana", "❤️"), ("cleo", "🔥")) == "🔥 by ben, cleo; Liked by you"
    assert words(("gone", "😂")) == "😂 by someone"


def test_who_has_seen_a_message_is_worded_by_time_or_by_names() -> None:
    at = START.isoformat()
    ben = {"id": "ben", "username": "ben", "seen": 2, "seen_at": at}
    cleo = {"id": "cleo", "username": "cleo", "seen": 0, "seen_at": ""}

    def words(seq: int, *members: Any, group: bool = False, facts: Any = None) -> str:
        return call(
            lambda members, facts: thread.seen_words(
                {"seq": seq}, thread.with_read_positions(CHAT, members, facts), group
            ),
            members,
            facts or {},
        )

    seen = START.astimezone().strftime("Seen %H:%M")
    assert words(3, ben) == "Sent"
    assert words(2, ben) == seen
    assert words(3, ben, facts={f"seen_{CHAT}_ben": {"seq": 3, "at": at}}) == seen
    assert words(2, ben, facts={f"seen_{CHAT}_ben": {"seq": 1, "at": ""}}) == seen
    assert words(0, cleo) == "Seen"
    assert words(1, ben, cleo, group=True) == "Seen by ben"
    assert words(1, ben, cleo, group=True, facts={f"seen_{CHAT}_cleo": {"seq": 1, "at": at}}) == (
        "Seen by ben, cleo"
    )


def test_recent_days_are_named() -> None:
    now = datetime.now().astimezone().replace(hour=1, minute=5)

    def words(**before: int) -> str:
        return call(thread.day_and_time, (now - timedelta(**before)).isoformat(), now.isoformat())

    assert words() == "Today, 01:05"
    assert words(hours=1) == "Today, 00:05"
    assert words(hours=2) == "Yesterday, 23:05"
    assert words(days=1) == "Yesterday, 01:05"
    older = now - timedelta(days=2)
    assert words(days=2).startswith(older.strftime("%a")) and words(days=2).endswith(
        older.strftime("%b, 01:05")
    )


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(histories, st.booleans()), min_size=100, max_size=200))
def test_the_requester_must_wait_until_somebody_else_has_written(cases: list[Any]) -> None:
    must_wait = run(lambda messages, waiting: thread.must_wait({"waiting": waiting}, messages, ME), cases)
    assert [bool(one) for one in must_wait] == [
        waiting and bool(messages) and {one["by"] for one in messages} == {ME}
        for messages, waiting in cases
    ]
