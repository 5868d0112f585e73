"""What counts as seen: whatever is on screen, and nothing that arrives after it has closed."""

from __future__ import annotations

from playwright.sync_api import WebSocketRoute, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import follows
from tests.flows.conftest import PHONE, Stage

BEN_FOLLOWS = "ben started following you."


def follow(stage: Stage, who: Viewer, whom: Viewer) -> None:
    """Make one person follow another from a tab of their own, so that open tabs are notified."""
    page = stage.open_tab(who, f"/{whom.username}")
    page.get_by_role("button", name=f"Follow {whom.username}").click()
    expect(page.get_by_role("button", name=f"Following {whom.username}")).to_be_visible()


def test_who_has_left_the_page_is_told_of_what_comes_then(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana, "/notifications", viewport=PHONE, has_touch=True)
    expect(page.get_by_role("main")).to_contain_text("Nothing yet")
    page.get_by_role("link", name="Explore").tap()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    expect(page.get_by_role("heading", name="Nothing to explore yet")).to_be_visible()
    follow(stage, ben, ana)
    page.get_by_role("link", name="Notifications, 1 unread").tap()
    expect(page.get_by_role("main")).to_contain_text(BEN_FOLLOWS)
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()


def test_a_page_loaded_again_shows_no_panel_and_counts_what_comes_then(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana)
    panel = page.get_by_role("dialog", name="Notifications")
    page.get_by_role("button", name="Notifications").click()
    expect(panel).to_contain_text("Nothing yet")
    page.reload()
    expect(panel).to_have_count(0)
    follow(stage, ben, ana)
    expect(page.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()


def test_an_open_panel_is_read_again_when_the_connection_is_back(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    context, sockets = stage.context(), []

    def carry(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    context.route_web_socket("**/_event/**", carry)
    stage.sign_in(context, ana)
    page = context.new_page()
    page.goto("/")
    panel = page.get_by_role("dialog", name="Notifications")
    page.get_by_role("button", name="Notifications").click()
    expect(panel).to_contain_text("Nothing yet")
    stage.do(follows.follow, ben, ana.id)
    sockets[-1].close()
    expect(panel).to_contain_text(BEN_FOLLOWS)
    follow(stage, cleo, ana)
    expect(panel).to_contain_text("cleo started following you.")
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
