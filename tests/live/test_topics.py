"""The spelling of topics and fact keys: no two of them are alike."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from instagram_clone.live import fact_keys, topics
from instagram_clone.live.fact_keys import FactKey
from instagram_clone.live.topics import Topic


def kinds(of: str) -> dict[str, Callable[..., Any]]:
    """Return the functions that spell topics or keys, by name."""
    return {
        name: spell
        for name, spell in (vars(topics) | vars(fact_keys)).items()
        if inspect.isfunction(spell) and inspect.signature(spell).return_annotation == of
    }


def prefix_of(spell: Callable[..., Any]) -> str:
    return spell(*[""] * len(inspect.signature(spell).parameters)).rstrip(":_")


def test_no_kinds_prefix_is_a_prefix_of_another() -> None:
    for of, sign in (("Topic", ":"), ("FactKey", "_")):
        found = {name: f"{prefix_of(spell)}{sign}" for name, spell in kinds(of).items()}
        assert len(found) >= 10
        for name, prefix in found.items():
            others = [other for other, text in found.items() if other != name and text.startswith(prefix)]
            assert others == [], name


def test_a_prefix_of_keys_matches_one_conversation_only() -> None:
    for one, all_ in (
        (fact_keys.message_key, fact_keys.message_keys),
        (fact_keys.seen_key, fact_keys.seen_keys),
        (fact_keys.pending_message_key, fact_keys.pending_message_keys),
        (fact_keys.pending_comment_key, fact_keys.pending_comment_keys),
    ):
        assert one("c1", "x").startswith(all_("c1"))
        assert not one("c11", "x").startswith(all_("c1"))
    assert fact_keys.pending_comment_key("p", "k").startswith(fact_keys.pending_comment_keys())


def test_a_topic_is_parsed_as_its_own_kind_only() -> None:
    found: Topic = topics.post("p1")
    assert topics.parts_of(found) == (topics.post(""), "p1")
    assert topics.parts_of(topics.comments("p1"))[0] == topics.comments("")
    key: FactKey = fact_keys.message_key("c1", "m1")
    assert key.rpartition("_")[2] == "m1", "retained keys are identified by their last part"
