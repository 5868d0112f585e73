"""Who is online, who recently was, and who hides it."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from tests.flows.conftest import Stage
from tests.flows.messaging.talk import chat_of, friends, log, say, write


def test_hiding_presence_and_receipts_hides_those_of_others(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Hello")
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, "/settings/privacy")
    expect(mine.get_by_text("Active now")).to_be_visible()
    for name in ("Read receipts", "Show when I am active"):
        expect(mine.get_by_text("Active now")).to_be_visible()
        switch = his.get_by_role("switch", name=name)
        expect(switch).to_be_checked()
        switch.click()
        expect(switch).not_to_be_checked()
        expect(his.get_by_role("status", name="Announcements")).to_contain_text("Saved")
        mine.wait_for_timeout(300)
    expect(mine.get_by_text("Active now")).to_have_count(0)
    his.goto(f"/messages/{chat}")
    expect(log(his)).to_contain_text("Hello")
    expect(his.get_by_text("Active now")).to_have_count(0)
    expect(his.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    # His message comes after his read receipt, if one was sent.
    write(his, "Hi")
    expect(log(mine)).to_contain_text("Hi")
    expect(log(mine).get_by_text("Seen")).to_have_count(0)
    # Writing back sends no receipt either.
    write(mine, "Again")
    write(his, "Yes")
    for _ in range(2):
        expect(log(mine)).to_contain_text("Yes")
        expect(log(mine).get_by_text("Sent", exact=True)).to_be_visible()
        expect(log(mine).get_by_text("Seen")).to_have_count(0)
        mine.reload()
    assert stage.do(preferences.of, [ben.oid])[ben.oid] == {
        "show_active": False,
        "read_receipts": False,
    }


def test_a_friend_who_leaves_was_active_a_moment_ago(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hi")
    his = stage.open_tab(ben)
    mine = stage.open_tab(ana, f"/messages/{chat}")
    expect(mine.get_by_text("Active now")).to_be_visible()
    his.context.close()
    expect(mine.get_by_text("Active a moment ago")).to_be_visible()
    back = stage.open_tab(ben)
    expect(mine.get_by_text("Active now")).to_be_visible()
    stage.do(follows.unfollow, ana, ben.id)
    back.goto("/ana")
    back.get_by_role("button", name="Following ana").click()
    expect(mine.get_by_text("Active now")).to_have_count(0)


def test_a_friend_stays_online_however_often_the_inbox_is_reloaded(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Hi")
    mine = stage.open_tab(ana, f"/messages/{chat}")
    expect(log(mine)).to_contain_text("Hi")
    his = stage.open_tab(ben, f"/messages/{chat}")
    expect(mine.get_by_text("Active now")).to_be_visible()
    mine.wait_for_timeout(1_500)  # longer than the clocks of two processes may differ
    write(his, "Oops")
    listed = mine.get_by_role("link", name="Conversation with ben")
    expect(listed).to_contain_text("Oops")
    row = log(his).locator("[data-message]").last
    row.hover()
    row.get_by_role("button", name="Message options").click()
    row.get_by_role("menuitem", name="Unsend").click()
    his.get_by_role("dialog").get_by_role("button", name="Unsend").click()
    expect(listed).to_contain_text("Hi")
    expect(mine.get_by_text("Active now")).to_be_visible()
