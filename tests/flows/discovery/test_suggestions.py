"""Suggested people, as cards on an empty home and as rows beside the feed."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.discovery import suggestions
from instagram_clone.domain.people import directory, preferences, profiles
from instagram_clone.domain.people.relations import follows
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, eventually


def test_a_suggestion_card_shows_who_why_and_three_photos(stage: Stage) -> None:
    ana, ben, cleo, dan = (stage.join(name) for name in ("ana", "ben", "cleo", "dan"))
    stage.do(profiles.edit_profile, cleo, "Cleo", "cleo", "Lamps, mostly 💡", "")
    for number in range(4):
        stage.do(share, cleo, f"Lamp {number}")
    stage.do(share, dan)
    stage.do(preferences.set_private, dan, True)
    stage.do(follows.follow, ana, ben.id)
    stage.do(follows.follow, ben, cleo.id)
    page = stage.open_tab(ana, viewport=PHONE)
    cards = page.get_by_role("main").get_by_role("listitem")
    card = cards.filter(has=page.get_by_role("link", name="cleo"))
    expect(card).to_contain_text("Lamps, mostly 💡")
    expect(card).to_contain_text("Followed by ben")
    expect(card.locator(".ic-suggcard-pics img")).to_have_count(3)
    private = cards.filter(has=page.get_by_role("link", name="dan"))
    expect(private).to_contain_text("New to Instaclone")
    expect(private.locator(".ic-suggcard-pics img")).to_have_count(0)
    expect(cards.filter(has=page.get_by_role("link", name="ben"))).to_have_count(0)


def test_a_person_with_a_pending_request_is_not_suggested(stage: Stage) -> None:
    ana, cleo, _ = (stage.join(name) for name in ("ana", "cleo", "dan"))
    stage.do(preferences.set_private, cleo, True)
    page = stage.open_tab(ana)
    main = page.get_by_role("main")
    main.get_by_role("button", name="Follow cleo").click()
    expect(main.get_by_role("button", name="Requested cleo")).to_be_visible()
    assert eventually(page, lambda: stage.do(directory.relationship, ana, cleo.id).requested)
    page.reload()
    expect(main.get_by_role("button", name="Follow dan")).to_be_visible()
    expect(main.get_by_role("button", name="cleo")).to_have_count(0)


def test_a_dismissed_person_is_not_suggested_again(stage: Stage) -> None:
    ana = stage.join("ana")
    for name in ("ben", "cleo"):
        stage.join(name)
    page = stage.open_tab(ana)
    expect(page.get_by_role("button", name="Dismiss ben")).to_be_visible()
    with stage.server.suspended():
        page.get_by_role("button", name="Dismiss ben").click()
        expect(page.get_by_role("button", name="Follow ben")).to_have_count(0)
        expect(page.get_by_role("button", name="Dismiss cleo")).to_be_focused()
    expect(page.get_by_role("button", name="Follow cleo")).to_be_visible()
    assert eventually(page, lambda: [one.username for one in stage.do(suggestions.people, ana)] == ["cleo"])
    page.reload()
    expect(page.get_by_role("button", name="Follow cleo")).to_be_visible()
    expect(page.get_by_role("button", name="Follow ben")).to_have_count(0)


def test_a_long_name_stays_on_its_card(stage: Stage) -> None:
    stage.join("w" * 30, "W" * 64)
    page = stage.open_tab(stage.join("ana"), viewport=PHONE)
    card = page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("link", name="www"))
    name, around = card.get_by_role("link").bounding_box(), card.bounding_box()
    assert name and around
    assert around["x"] <= name["x"] and name["x"] + name["width"] <= around["x"] + around["width"]
