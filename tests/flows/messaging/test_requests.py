"""Who may write to whom: strangers ask first, and removed or blocked people receive nothing more."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.messaging import membership
from instagram_clone.domain.people.relations import blocks
from tests.flows.conftest import Stage
from tests.flows.messaging.talk import chat_of, friends, log, say, write


def test_a_strangers_message_is_a_request(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    mine, his = stage.open_tab(ana, f"/messages?to={ben.id}"), stage.open_tab(ben, "/messages")
    expect(mine.get_by_role("region", name="Conversation with ben")).to_be_visible()
    write(mine, "May I?")
    expect(mine.get_by_text("You can send more messages once ben accepts your request.")).to_be_visible()
    request = his.get_by_role("link", name="Message requests, 1")
    expect(request).to_be_visible()
    expect(his.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    request.click()
    his.get_by_role("link", name="Conversation with ana").click()
    asked = his.get_by_role("region", name="Message request")
    expect(asked).to_contain_text("ana wants to send you a message")
    expect(log(his)).to_contain_text("May I?")
    expect(log(mine).get_by_text("Seen")).to_have_count(0)
    asked.get_by_role("button", name="Accept").click()
    expect(mine.get_by_role("textbox", name="Message")).to_be_visible()
    write(mine, "Thank you")
    expect(log(his)).to_contain_text("Thank you")
    write(his, "Welcome")
    expect(log(mine)).to_contain_text("Welcome")


def test_the_sender_of_a_request_can_be_blocked_and_unblocked(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Buy now")
    his = stage.open_tab(ben, f"/messages/{chat}")
    his.get_by_role("region", name="Message request").get_by_role("button", name="Block").click()
    expect(his).to_have_url("/messages")
    expect(his.get_by_role("link", name="Message requests")).to_have_count(0)
    mine = stage.open_tab(ana, "/ben")
    expect(mine.get_by_role("link", name="Go home")).to_be_visible()
    mine.goto(f"/messages?to={ben.id}")
    expect(mine.get_by_role("status", name="Announcements")).to_contain_text(
        "This account is no longer available."
    )
    expect(mine.get_by_role("link", name="Conversation with ben")).to_be_visible()
    his.goto("/settings/blocked")
    his.get_by_role("button", name="Unblock ana").click()
    expect(his.get_by_text("No blocked accounts")).to_be_visible()
    assert stage.do(blocks.page, ben) == ([], "")


def test_a_request_to_join_a_group_names_only_its_starter(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    group = chat_of(stage, cleo, ana, ben)
    say(stage, cleo, group, "Saturday?")
    page = stage.open_tab(ben, f"/messages/{group}")
    request = page.get_by_role("region", name="Message request")
    expect(request).to_contain_text("cleo wants to add you to this group")
    expect(request.get_by_role("button", name="Block")).to_be_visible()
    stage.do(membership.leave, cleo, group)
    page.reload()
    expect(request).to_contain_text("You were added to this group")
    expect(request.get_by_role("button", name="Accept")).to_be_visible()
    expect(request.get_by_role("button", name="Block")).to_have_count(0)


def test_a_group_can_be_renamed_and_left_and_is_closed_to_removed_members(stage: Stage) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    mine = stage.open_tab(ana, "/messages")
    mine.get_by_role("button", name="New message").first.click()
    dialog = mine.get_by_role("dialog", name="New message")
    dialog.get_by_role("checkbox", name="ben").click()
    dialog.get_by_role("searchbox", name="Search people").fill("cle")
    dialog.get_by_role("checkbox", name="cleo").click()
    dialog.get_by_role("textbox", name="Group name").fill("Walks")
    dialog.get_by_role("button", name="Chat with 2").click()
    expect(mine.get_by_role("region", name="Conversation with Walks")).to_be_visible()
    chat = mine.url.rpartition("/")[2]
    write(mine, "Saturday?")
    his, hers = stage.open_tab(ben, f"/messages/{chat}"), stage.open_tab(cleo, f"/messages/{chat}")
    for tab in (his, hers):
        expect(log(tab)).to_contain_text("Saturday?")
    expect(
        log(mine).get_by_text("Seen by ben, cleo").or_(log(mine).get_by_text("Seen by cleo, ben"))
    ).to_be_visible()
    his.get_by_role("button", name="Conversation details").click()
    his.get_by_role("textbox", name="Group name").fill("Long walks")
    his.get_by_role("button", name="Save").click()
    expect(hers.get_by_role("region", name="Conversation with Long walks")).to_be_visible()
    mine.get_by_role("button", name="Conversation details").click()
    mine.get_by_role("button", name="Remove cleo").click()
    mine.get_by_role("button", name="Remove", exact=True).click()
    expect(hers.get_by_text("This print never developed")).to_be_visible()
    write(mine, "Just us")
    expect(log(his)).to_contain_text("Just us")
    his.get_by_role("button", name="Conversation details").click()
    his.get_by_role("button", name="Leave group").click()
    his.get_by_role("button", name="Leave", exact=True).click()
    expect(his.get_by_role("heading", name="Your messages")).to_be_visible()
    expect(his.get_by_role("link", name="Conversation with Long walks")).to_have_count(0)
