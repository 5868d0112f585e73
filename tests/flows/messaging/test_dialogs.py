"""Choosing people for a conversation or a post: after a refusal, the choice and the text are kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from instagram_clone.domain.messaging import messages
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import post_cards
from tests.conftest import share
from tests.flows.conftest import Stage, eventually
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


@pytest.mark.parametrize("is_noticed", [True, False], ids=["noticed", "unnoticed"])
def test_a_post_is_not_shared_by_somebody_else_who_signs_in_in_another_tab(
    stage: Stage, is_noticed: bool
) -> None:
    ana, ben, cleo = friends(stage, "ana", "ben", "cleo")
    post_id = stage.do(share, cleo, "A wall worth a walk")
    page, wire = stage.open_wired_tab(ana)
    page.get_by_role("article").get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share post")
    dialog.get_by_role("checkbox", name="cleo").click()
    send = dialog.get_by_role("button", name="Send to 1")
    if is_noticed:
        stage.server.kill()
        expect(page.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
    else:
        wire.drop_requests()
    send.click()
    expect(send).to_be_disabled()
    stage.sign_in(page.context, ben)
    if is_noticed:
        stage.server.start()
    else:
        wire.close()
    expect(page.get_by_role("link", name="Profile").first).to_have_attribute("href", "/ben")
    # Sent over the same connection, after anything that it would have sent by itself.
    page.get_by_role("article").get_by_role("button", name="Like", exact=True).click()
    assert eventually(page, lambda: stage.do(post_cards.show, ben, post_id).liked)
    assert stage.do(messages.page, cleo, chat_of(stage, ben, cleo))[0] == []
