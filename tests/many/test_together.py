# ruff: noqa: F401
"""What is promised of one process holds of several; and a Redis that dies is waited for."""

from __future__ import annotations

import itertools

from playwright.sync_api import expect

from instagram_clone.domain import conversations, follows
from tests.attacks.test_messages import (
    test_a_request_shows_its_sender_nothing,
    test_another_conversations_ids_open_nothing,
    test_from_the_instant_of_a_block_nothing_is_delivered,
    test_from_the_instant_of_leaving_nothing_is_delivered,
    test_from_the_instant_of_signing_out_nothing_is_delivered,
    test_nobody_but_members_does_or_hears_anything,
    test_the_list_of_somebody_else_is_never_read,
)
from tests.conftest import share
from tests.flows.conftest import Stage, article
from tests.flows.test_idle import test_idle_tabs_ask_for_nothing
from tests.flows.test_messages import (
    log,
    shown,
    stored,
    test_a_conversation_begins_on_a_profile_and_arrives_in_every_tab,
    test_a_friend_who_leaves_was_here_a_moment_ago,
    test_a_group_is_named_left_and_closed_to_who_was_removed,
    test_a_laptop_that_slept_catches_up,
    test_a_photo_a_heart_a_post_a_reaction_and_taking_back,
    test_a_reload_keeps_the_draft_and_what_is_on_its_way,
    test_a_server_that_restarts_in_the_middle_loses_and_doubles_nothing,
    test_a_strangers_message_is_a_request,
    test_blocking_from_a_request_and_letting_in_again,
    test_muted_and_deleted_for_me,
    test_older_messages_load_without_a_jump_and_new_ones_wait_below,
    test_what_was_refused_stays_and_is_sent_once_in_the_end,
    test_who_hides_their_presence_and_receipts_sees_no_ones,
    write,
)
from tests.flows.test_notifications import (
    test_a_badge_and_an_open_panel_change_at_once_in_every_tab,
    test_a_follower_is_followed_back_from_the_panel,
    test_likes_of_a_post_are_one_line_that_leads_to_it,
    test_what_is_not_wanted_is_not_told,
)
from tests.many.conftest import SpreadStage
from tests.redis_server import RedisServer

__all__ = [name for name in globals() if name.startswith("test_")]


def test_people_hang_on_different_workers_and_see_the_same(stage: Stage) -> None:
    assert isinstance(stage, SpreadStage)
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    post_id = stage.do(share, ana, "A wall")
    mine, his = stage.open_tab(ana, f"/p/{post_id}"), stage.open_tab(ben)
    assert len(set(stage.spread.workers)) == 2
    article(his, "ana").get_by_role("button", name="Like", exact=True).click()
    expect(mine.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    his.get_by_role("textbox", name="Add a comment").fill("From over there")
    his.keyboard.press("Enter")
    expect(mine.get_by_role("list", name="Comments")).to_contain_text("From over there")


def test_a_redis_that_is_gone_for_ten_seconds_loses_nothing(stage: Stage, redis: RedisServer) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for one, other in itertools.permutations((ana, ben)):
        stage.do(follows.follow, one, other.id)
    chat = stage.do(conversations.start, ana, [ben.id])
    mine, his = stage.open_tab(ana, f"/messages/{chat}"), stage.open_tab(ben, f"/messages/{chat}")
    write(mine, "Before")
    expect(log(his)).to_contain_text("Before")
    redis.stop()
    try:
        for tab in (mine, his):
            expect(tab.get_by_role("status", name="Connection")).to_contain_text("Reconnecting…")
        write(mine, "During")
        expect(log(mine).get_by_text("Sending").first).to_be_visible()
        mine.wait_for_timeout(10_000)
        expect(log(mine)).to_contain_text("Before")
    finally:
        redis.start()
    for tab in (mine, his):
        expect(tab.get_by_role("status", name="Connection")).not_to_contain_text("Reconnecting…")
        expect(log(tab)).to_contain_text("During")
    expect(log(mine).get_by_text("Sending")).to_have_count(0)
    write(his, "After")
    expect(log(mine)).to_contain_text("After")
    assert shown(mine) == shown(his) == stored(stage, ana, chat) == ["Before", "During", "After"]
