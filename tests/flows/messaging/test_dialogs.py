"""Choosing people for a conversation or a post: after a refusal, the choice and the text are kept."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.messaging import messages
from instagram_clone.domain.people.relations import blocks, follows
from tests.conftest import share
from tests.flows.conftest import Stage
from tests.flows.messaging.talk import chat_of, friends, say


def test_a_conversation_that_cannot_start_keeps_the_choice_and_the_text(stage: Stage) -> None:
    ana, ben, _ = friends(stage, "ana", "ben", "cleo")
    page = stage.open_tab(ana, "/messages")
    page.get_by_role("button", name="New message").first.click()
    dialog = page.get_by_role("dialog", name="New message")
    for name in ("ben", "cleo"):
        dialog.get_by_role("checkbox", name=name).click()
    dialog.get_by_role("textbox", name="Group name").fill("Us")
    stage.do(blocks.block, ben, ana.id)
    dialog.get_by_role("button", name="Chat with 2").click()
    expect(dialog.get_by_role("alert")).to_have_text("This account is no longer available.")
    expect(dialog.get_by_role("textbox", name="Group name")).to_have_value("Us")
    dialog.get_by_role("checkbox", name="ben").click()
    dialog.get_by_role("button", name="Chat", exact=True).click()
    expect(page.get_by_role("region", name="Conversation with cleo")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_retrying_a_share_does_not_send_twice_to_those_who_got_it(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    cleo = stage.join("cleo")
    stage.do(follows.follow, ben, cleo.id)
    stage.do(share, ana, "A wall worth a walk")
    say(stage, ben, chat_of(stage, ben, cleo), "May I?")
    page = stage.open_tab(ben)
    page.get_by_role("article").get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share post")
    for name in ("ana", "cleo"):
        dialog.get_by_role("checkbox", name=name).click()
    dialog.get_by_role("button", name="Send to 2").click()
    expect(dialog.get_by_role("alert")).to_contain_text(
        "You can send more messages once they accept your request."
    )
    dialog.get_by_role("checkbox", name="cleo").click()
    dialog.get_by_role("button", name="Send to 1").click()
    expect(dialog).to_have_count(0)
    assert len(stage.do(messages.page, ana, chat_of(stage, ana, ben))[0]) == 1
