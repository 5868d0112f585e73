"""Replying to one message among many."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.messaging import messages
from tests.flows.conftest import PHONE, Stage
from tests.flows.messaging.talk import chat_of, friends, log, say, shown, write


def choose(page: Page, text: str, verb: str) -> None:
    row = log(page).locator("[data-message]", has_text=text).first
    row.hover()
    row.get_by_role("button", name="Message options").click()
    row.get_by_role("menuitem", name=verb, exact=True).click()


def quote(page: Page, text: str) -> Locator:
    return log(page).locator("[data-message]", has_text=text).locator(".ic-quote")


def test_a_reply_shows_its_quote_in_every_tab(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    question_id = say(stage, ana, chat, "Shall we go?")
    say(stage, ana, chat, "Or not?")
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    choose(his, "Shall we go?", "Reply")
    answering = his.get_by_role("status").filter(has_text="Replying to ana")
    expect(answering).to_contain_text("Shall we go?")
    field = his.get_by_role("textbox", name="Message")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(answering).to_have_count(0)
    choose(his, "Shall we go?", "Reply")
    his.get_by_role("button", name="Cancel reply").click()
    expect(answering).to_have_count(0)
    choose(his, "Shall we go?", "Reply")
    write(his, "Yes, at nine")
    expect(answering).to_have_count(0)
    expect(quote(his, "Yes, at nine")).to_have_text("You replied to anaShall we go?")
    expect(quote(mine, "Yes, at nine")).to_have_text("ben replied to youShall we go?")
    quote(mine, "Yes, at nine").click()
    expect(mine.locator(f"[data-message='{question_id}']")).to_have_class(re.compile("is-quoted"))
    choose(mine, "Shall we go?", "Unsend")
    mine.get_by_role("dialog").get_by_role("button", name="Unsend").click()
    unsent_text = "replied to a message that was unsent"
    for tab in (mine, his):
        expect(quote(tab, "Yes, at nine")).to_contain_text(unsent_text)
        tab.reload()
        expect(quote(tab, "Yes, at nine")).to_contain_text(unsent_text)
    assert shown(mine) == shown(his) == ["Or not?", "Yes, at nine"]


def test_a_reply_waiting_for_the_server_keeps_its_quote(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Shall we go?")
    his = stage.open_tab(ben, f"/messages/{chat}", viewport=PHONE)
    expect(log(his)).to_contain_text("Shall we go?")
    his.context.set_offline(True)
    choose(his, "Shall we go?", "Reply")
    write(his, "Yes, at nine")
    expect(log(his).get_by_text("You replied to ana")).to_be_visible()
    his.context.set_offline(False)
    expect(log(his).get_by_text("Sent", exact=True)).to_be_visible()
    [_, answer] = stage.do(messages.page, ana, chat)[0]
    assert answer.quote["line"] == "Shall we go?"


def test_a_reaction_shows_at_once(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ana, chat, "Shall we go?")
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    bubble = log(his).get_by_text("Shall we go?")
    expect(bubble).to_be_visible()
    with stage.server.suspended():
        bubble.dblclick()
        expect(log(his).get_by_label("Liked by you")).to_be_visible()
        choose(his, "Shall we go?", "Take ❤️ back")
        expect(log(his).get_by_label("Liked by you")).to_have_count(0)
        choose(his, "Shall we go?", "React with 🔥")
        expect(log(his).get_by_label("🔥 by you")).to_be_visible()
    expect(log(mine).get_by_label("🔥 by ben")).to_be_visible()
    choose(mine, "Shall we go?", "React with ❤️")
    expect(log(his).get_by_label("🔥 by you; Liked by ana")).to_be_visible()
