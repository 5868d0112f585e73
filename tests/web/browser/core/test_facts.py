"""The fact store of a tab: which listeners a change notifies, and when facts are evicted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone.web.browser.core import Js, assign, name, where
from instagram_clone.web.browser.core.facts import KEPT_MS, SWEEP_MS, fact_store
from tests.web.node_runner import call, inlined


def tell(story: Callable[[Js, Js], Any]) -> Any:
    """Run a story with a keeper and a page, which records its notifications. The time is `page.clock`."""

    def begin(page: Js) -> Any:
        keeper = inlined(fact_store)
        store = {"dispatchers": {}, "getSnapshot": lambda _: {"ready": False, "early": 1}, "page": page}
        return [
            assign(name("Date"), now=lambda: page.clock),
            where(store, lambda store: where(keeper(store, "live"), lambda keeper: story(keeper, page))),
        ]

    return call(begin, {"woken": [], "clock": 1_000_000})


def note(page: Js, word: str) -> Any:
    return lambda: page.woken.push(word)


def test_a_fact_wakes_what_shows_it_and_nothing_else() -> None:
    def story(keeper: Js, page: Js) -> Any:
        return [
            keeper.listen("post_1", note(page, "one")),
            keeper.listen("post_2", note(page, "two")),
            keeper.learn({"post_2": {"likes": 3}, "post_3": {"likes": 4}}),
            (page.woken, keeper.read("post_2"), keeper.read("post_1"), keeper.read("post_3").likes),
        ]

    assert tell(story) == [["two"], {"likes": 3}, None, 4]


def test_whoever_has_left_is_woken_no_more() -> None:
    def story(keeper: Js, page: Js) -> Any:
        return where(
            keeper.listen("a", note(page, "gone")),
            lambda leave: [
                keeper.listen("a", note(page, "here")),
                leave(),
                leave(),
                keeper.learn({"a": 1}),
                page.woken,
            ],
        )

    assert tell(story) == ["here"]


def test_a_group_stays_the_same_object_until_one_of_it_changes() -> None:
    def story(keeper: Js, page: Js) -> Any:
        return [
            keeper.learn({"m_c_1": 1, "m_d_1": 9}),
            keeper.listen("m_c_*", note(page, "group")),
            where(
                keeper.group("m_c_"),
                lambda before: [
                    keeper.learn({"m_d_2": 9}),
                    where(
                        keeper.group("m_c_"),
                        lambda same: [
                            keeper.learn({"m_c_2": 2}),
                            (
                                before == same,
                                same == keeper.group("m_c_"),
                                keeper.group("m_c_"),
                                page.woken,
                            ),
                        ],
                    ),
                ],
            ),
        ]

    assert tell(story) == [True, False, {"m_c_1": 1, "m_c_2": 2}, ["group"]]


def test_all_of_a_frame_is_known_before_anybody_hears_of_any_of_it() -> None:
    def story(keeper: Js, page: Js) -> Any:
        return [
            keeper.listen("first", lambda: page.woken.push(keeper.read("second"))),
            keeper.learn({"first": 1, "second": 2}),
            page.woken,
        ]

    assert tell(story) == [2]


def test_of_facts_with_a_revision_an_older_one_is_not_learnt() -> None:
    def story(keeper: Js, page: Js) -> Any:
        return [
            keeper.listen("chat_1", note(page, "chat")),
            [keeper.learn({"chat_1": {"rev": rev, "line": f"line {rev}"}}) for rev in (4, 6, 5, 6)],
            keeper.learn({"other": 1, "chat_1": {"rev": 1}}),
            (keeper.read("chat_1"), keeper.read("other"), page.woken.length),
        ]

    assert tell(story) == [{"rev": 6, "line": "line 6"}, 1, 3]
    forgotten = lambda keeper, page: [  # noqa: E731
        [keeper.learn({"chat_1": one}) for one in ({"rev": 6}, None, {"rev": 2})],
        keeper.read("chat_1"),
    ]
    assert tell(forgotten) == {"rev": 2}


def test_what_came_before_the_page_is_known_to_it() -> None:
    assert tell(lambda keeper, page: keeper.read("early")) == 1


def test_a_fact_is_forgotten_a_while_after_nothing_shows_it() -> None:
    later = max(KEPT_MS, SWEEP_MS) + 1

    def story(keeper: Js, page: Js) -> Any:
        known = ("shown", "left", "old", "m_c_1")
        return where(
            keeper.listen("left", note(page, "left")),
            lambda leave: [
                keeper.listen("shown", note(page, "shown")),
                keeper.group("m_c_"),
                keeper.listen("m_c_*", note(page, "group")),
                keeper.learn(dict.fromkeys(known, 1)),
                assign(page, clock=page.clock + later),
                leave(),
                keeper.learn({"new": 1}),
                where(
                    tuple(keeper.read(key) for key in known),
                    lambda first: [
                        assign(page, clock=page.clock + later),
                        keeper.learn({"newer": 1}),
                        (first, tuple(keeper.read(key) for key in (*known, "new"))),
                    ],
                ),
            ],
        )

    assert tell(story) == [[1, 1, None, 1], [1, None, None, 1, None]]


def test_what_a_list_will_show_again_is_kept_though_nothing_shows_it() -> None:
    later = max(KEPT_MS, SWEEP_MS) + 1

    def story(keeper: Js, page: Js) -> Any:
        return [
            keeper.retain("list", ("1", "2")),
            keeper.retain("list", ("2", "3")),
            keeper.learn({"post_1": 1, "post_2": 1, "liked_3": 1}),
            assign(page, clock=page.clock + later),
            keeper.learn({"new": 1}),
            tuple(keeper.read(key) for key in ("post_1", "post_2", "liked_3")),
        ]

    assert tell(story) == [None, 1, 1]


def test_what_is_to_be_forgotten_is_and_who_showed_it_is_woken() -> None:
    def story(keeper: Js, page: Js) -> Any:
        return [
            keeper.learn({"m_1": 1, "m_2": 2, "n": 3}),
            keeper.listen("m_1", note(page, "one")),
            keeper.listen("n", note(page, "other")),
            keeper.listen("m_*", note(page, "group")),
            keeper.group("m_"),
            keeper.forget(("m_1", "never")),
            (keeper.read("m_1"), keeper.group("m_"), keeper.read("n"), page.woken),
        ]

    assert tell(story) == [None, {"m_2": 2}, 3, ["one", "group"]]


def test_a_page_has_one_keeper() -> None:
    def story(keeper: Js, page: Js) -> Any:
        again = inlined(fact_store)
        return [assign(page, facts=keeper), again({"facts": keeper}, "live") == keeper]

    assert tell(story) is True
