"""What the guard keeps of an event, whatever a client puts into it."""

from __future__ import annotations

import json

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.web import guard
from tests.client import HYDRATE


def test_an_event_adds_only_a_bounded_amount_to_the_state_of_its_tab() -> None:
    query = {f"name {number}": "x" * 10_000 for number in range(10_000)}
    router_data = {"pathname": "/" + "x" * 10_000, "asPath": "/" + "x" * 10_000, "query": query}
    hashes = ["x" * 100] * 199
    event = {"name": HYDRATE, "payload": {"hashes": hashes}, "router_data": router_data}
    kept = guard._sanitize(event)
    assert kept is not None and kept["payload"]["hashes"] == hashes
    assert kept["router_data"]["query"]["name 0"] == "x" * 500
    assert len(json.dumps(kept)) < 40_000
    for invalid in (["x" * 101], ["x"] * 200, [["x"]], "x" * 100):
        kept = guard._sanitize({**event, "payload": {"hashes": invalid}})
        assert kept is not None and "hashes" not in kept["payload"]
