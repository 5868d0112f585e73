"""Who a picker offers, and who is chosen, against twins in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.forms.picking import MAX_CHOSEN, ids_of, offered, toggled
from tests.web.node_runner import call, run

NAMES = ("ana", "ben", "cleo", "Åsa", "noor.h", "mira")
PEOPLE = [
    {"id": str(at), "username": name.lower(), "name": f"{name} Lund", "avatar": ""}
    for at, name in enumerate(NAMES)
]
some = st.lists(st.sampled_from(PEOPLE), unique_by=lambda one: one["id"], max_size=5)
query = st.sampled_from(["", "a", "an", "lund", "zz", "noor.h"])


def twin(people: list[dict], found: list[dict], chosen: list[dict], query: str) -> list[dict]:
    if not query:
        return [one for one in chosen if one not in people] + people
    likely = [one for one in people if query in f"{one['username']} {one['name']}".lower()]
    return likely + [one for one in found if one not in likely]


@settings(max_examples=8)
@given(st.lists(st.tuples(some, some, some, query), min_size=20, max_size=60))
def test_a_query_narrows_the_likely_and_adds_who_was_found(cases: list[Any]) -> None:
    rule = lambda people, found, chosen, query: offered(people, found, chosen, query)  # noqa: E731
    assert run(rule, cases) == [twin(*one) for one in cases]


def test_choosing_twice_is_choosing_no_more_and_a_group_has_an_end() -> None:
    rule = lambda chosen, person: toggled(chosen, person)  # noqa: E731
    ana, ben = PEOPLE[:2]
    assert call(rule, [], ana) == [ana]
    assert call(rule, [ana, ben], ana) == [ben]
    full = [{**ana, "id": f"x{at}"} for at in range(MAX_CHOSEN)]
    assert call(rule, full, ana) == full
    assert call(lambda chosen: ids_of(chosen), [ana, ben]) == "0,1"
