"""Who a picker offers, and who is chosen, against twins in Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from instagram_clone.web.browser.forms.picking import MAX_CHOSEN, ids_of, suggestions, toggled
from tests.web.node_runner import call, run

NAMES = ("ana", "ben", "cleo", "Åsa", "noor.h", "mira")
PEOPLE = [
    {"id": str(at), "username": name.lower(), "name": f"{name} Lund", "avatar": ""}
    for at, name in enumerate(NAMES)
]
some = st.lists(st.sampled_from(PEOPLE), unique_by=lambda person: person["id"], max_size=5)
query = st.sampled_from(["", "a", "an", "lund", "zz", "noor.h"])


def twin(people: list[dict], found: list[dict], chosen: list[dict], query: str) -> list[dict]:
    if not query:
        return [person for person in chosen if person not in people] + people
    likely = [person for person in people if query in f"{person['username']} {person['name']}".lower()]
    return likely + [person for person in found if person not in likely]


@settings(max_examples=8)
@given(st.lists(st.tuples(some, some, some, query), min_size=20, max_size=60))
def test_a_query_filters_the_suggestions_and_adds_search_results(cases: list[Any]) -> None:
    rule = lambda people, found, chosen, query: suggestions(people, found, chosen, query)  # noqa: E731
    assert run(rule, cases) == [twin(*case) for case in cases]


def test_choosing_a_person_again_removes_them_and_a_group_has_a_maximum_size() -> None:
    rule = lambda chosen, person: toggled(chosen, person)  # noqa: E731
    ana, ben = PEOPLE[:2]
    assert call(rule, [], ana) == [ana]
    assert call(rule, [ana, ben], ana) == [ben]
    full = [{**ana, "id": f"x{at}"} for at in range(MAX_CHOSEN)]
    assert call(rule, full, ana) == full
    assert call(lambda chosen: ids_of(chosen), [ana, ben]) == "0,1"
