"""The fact store of a tab: which listeners a change notifies, and when facts are evicted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.web.browser.core import Js, assign, name, where
from instagram_clone.web.browser.core.facts import KEPT_MS, SWEEP_MS, fact_store
from tests.web.node_runner import call, inlined


def run_story(story: Callable[[Js, Js], Any]) -> Any:
    """Run a story with a fact store and a page that records notifications. The time is `page.clock`."""

    def begin(page: Js) -> Any:
        new_store = inlined(fact_store)
        state_store = {
            "dispatchers": {},
            "getSnapshot": lambda _: {"ready": False, "early": 1},
            "page": page,
        }
        return [
            assign(name("Date"), now=lambda: page.clock),
            where(
                state_store,
                lambda state_store: where(new_store(state_store, "live"), lambda store: story(store, page)),
            ),
        ]

    return call(begin, {"notified": [], "clock": 1_000_000})


def record(page: Js, word: str) -> Any:
    return lambda: page.notified.push(word)


def test_a_fact_notifies_only_its_own_listeners() -> None:
    def story(store: Js, page: Js) -> Any:
        return [
            store.listen("post_1", record(page, "one")),
            store.listen("post_2", record(page, "two")),
            store.learn({"post_2": {"likes": 3}, "post_3": {"likes": 4}}),
            (page.notified, store.read("post_2"), store.read("post_1"), store.read("post_3").likes),
        ]

    assert run_story(story) == [["two"], {"likes": 3}, None, 4]


def test_a_removed_listener_is_not_notified() -> None:
    def story(store: Js, page: Js) -> Any:
        return where(
            store.listen("a", record(page, "gone")),
            lambda leave: [
                store.listen("a", record(page, "here")),
                leave(),
                leave(),
                store.learn({"a": 1}),
                page.notified,
            ],
        )

    assert run_story(story) == ["here"]


def test_a_group_stays_the_same_object_until_a_fact_in_it_changes() -> None:
    def story(store: Js, page: Js) -> Any:
        return [
            store.learn({"m_c_1": 1, "m_d_1": 9}),
            store.listen("m_c_*", record(page, "group")),
            where(
                store.group("m_c_"),
                lambda before: [
                    store.learn({"m_d_2": 9}),
                    where(
                        store.group("m_c_"),
                        lambda same: [
                            store.learn({"m_c_2": 2}),
                            (
                                before == same,
                                same == store.group("m_c_"),
                                store.group("m_c_"),
                                page.notified,
                            ),
                        ],
                    ),
                ],
            ),
        ]

    assert run_story(story) == [True, False, {"m_c_1": 1, "m_c_2": 2}, ["group"]]


def test_all_facts_of_a_frame_are_stored_before_listeners_are_notified() -> None:
    def story(store: Js, page: Js) -> Any:
        return [
            store.listen("first", lambda: page.notified.push(store.read("second"))),
            store.learn({"first": 1, "second": 2}),
            page.notified,
        ]

    assert run_story(story) == [2]


def test_an_older_revision_of_a_fact_is_ignored() -> None:
    def story(store: Js, page: Js) -> Any:
        return [
            store.listen("chat_1", record(page, "chat")),
            [store.learn({"chat_1": {"rev": rev, "line": f"line {rev}"}}) for rev in (4, 6, 5, 6)],
            store.learn({"other": 1, "chat_1": {"rev": 1}}),
            (store.read("chat_1"), store.read("other"), page.notified.length),
        ]

    assert run_story(story) == [{"rev": 6, "line": "line 6"}, 1, 3]
    forgotten = lambda store, page: [  # noqa: E731
        [store.learn({"chat_1": fact}) for fact in ({"rev": 6}, None, {"rev": 2})],
        store.read("chat_1"),
    ]
    assert run_story(forgotten) == {"rev": 2}


def test_facts_received_before_the_page_are_in_the_store() -> None:
    assert run_story(lambda store, page: store.read("early")) == 1


def test_a_fact_is_evicted_some_time_after_its_last_listener_left() -> None:
    later = max(KEPT_MS, SWEEP_MS) + 1

    def story(store: Js, page: Js) -> Any:
        keys = ("shown", "left", "old", "m_c_1")
        return where(
            store.listen("left", record(page, "left")),
            lambda leave: [
                store.listen("shown", record(page, "shown")),
                store.group("m_c_"),
                store.listen("m_c_*", record(page, "group")),
                store.learn(dict.fromkeys(keys, 1)),
                assign(page, clock=page.clock + later),
                leave(),
                store.learn({"new": 1}),
                where(
                    tuple(store.read(key) for key in keys),
                    lambda first: [
                        assign(page, clock=page.clock + later),
                        store.learn({"newer": 1}),
                        (first, tuple(store.read(key) for key in (*keys, "new"))),
                    ],
                ),
            ],
        )

    assert run_story(story) == [[1, 1, None, 1], [1, None, None, 1, None]]


def test_retained_facts_are_kept_without_listeners() -> None:
    later = max(KEPT_MS, SWEEP_MS) + 1

    def story(store: Js, page: Js) -> Any:
        return [
            store.retain("list", ("1", "2")),
            store.retain("list", ("2", "3")),
            store.learn({"post_1": 1, "post_2": 1, "liked_3": 1}),
            assign(page, clock=page.clock + later),
            store.learn({"new": 1}),
            tuple(store.read(key) for key in ("post_1", "post_2", "liked_3")),
        ]

    assert run_story(story) == [None, 1, 1]


def test_forgetting_a_fact_notifies_its_listeners() -> None:
    def story(store: Js, page: Js) -> Any:
        return [
            store.learn({"m_1": 1, "m_2": 2, "n": 3}),
            store.listen("m_1", record(page, "one")),
            store.listen("n", record(page, "other")),
            store.listen("m_*", record(page, "group")),
            store.group("m_"),
            store.forget(("m_1", "never")),
            (store.read("m_1"), store.group("m_"), store.read("n"), page.notified),
        ]

    assert run_story(story) == [None, {"m_2": 2}, 3, ["one", "group"]]


def test_a_page_has_a_single_store() -> None:
    def story(store: Js, page: Js) -> Any:
        new_store = inlined(fact_store)
        return [assign(page, facts=store), new_store({"facts": store}, "live") == store]

    assert run_story(story) is True
