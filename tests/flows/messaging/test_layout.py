"""Conversations and dialogs that choose people keep their shape."""

from __future__ import annotations

from playwright.sync_api import Error, Page, expect

from tests.flows.conftest import Stage
from tests.flows.messaging.talk import friends


def has_a_cross_of_the_browsers(page: Page) -> bool:
    """Tell whether the browser draws its own cross in the field that has the focus."""
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": "document.activeElement"})
    inside = {"objectId": found["result"]["objectId"], "depth": -1, "pierce": True}
    waiting = [session.send("DOM.describeNode", inside)["node"]]
    crosses = []
    while waiting:
        node = waiting.pop()
        waiting += [*node.get("shadowRoots", []), *node.get("children", [])]
        if "-webkit-search-cancel-button" in node.get("attributes", []):
            crosses.append(node["backendNodeId"])
    [cross] = crosses
    try:
        session.send("DOM.getBoxModel", {"backendNodeId": cross})
    except Error:
        return False
    return True


def test_every_field_to_search_with_is_emptied_by_the_same_cross(stage: Stage) -> None:
    ana, _ = friends(stage, "ana", "ben")
    page = stage.open_tab(ana, "/messages")
    field = page.get_by_role("searchbox", name="Search messages")
    for where in (page.get_by_role("main"), page.get_by_role("dialog", name="New message")):
        clear = where.get_by_role("button", name="Clear search")
        expect(field).to_be_visible()
        expect(clear).to_have_count(0)
        field.fill("zzqq")
        assert not has_a_cross_of_the_browsers(page)
        clear.click()
        expect(field).to_have_value("")
        expect(field).to_be_focused()
        expect(clear).to_have_count(0)
        if where.get_by_role("button", name="New message").count():
            where.get_by_role("button", name="New message").first.click()
            field = page.get_by_role("searchbox", name="Search people")
