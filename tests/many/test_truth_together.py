# ruff: noqa: F401
"""What is promised of one process holds of several: screens, threads of replies, and who sees whom."""

from __future__ import annotations

from tests.attacks.test_events import (
    test_a_storm_of_likes_tells_their_author_now_and_then,
    test_from_the_instant_of_unfollowing_nothing_is_delivered,
    test_news_reach_those_who_watch_and_nobody_else,
    test_nothing_is_delivered_after_log_out,
    test_only_the_person_concerned_is_told,
)
from tests.attacks.test_sight import (
    test_from_the_instant_sight_is_lost_nothing_is_delivered,
    test_screens_open_and_close_with_an_account,
    test_who_is_not_signed_in_hears_no_more_of_an_account_that_goes_private,
)
from tests.flows.test_privacy import (
    test_a_block_parts_two_screens_and_is_undone,
    test_who_asks_is_let_in_and_sees_the_photos_at_once,
)
from tests.flows.test_replies import (
    test_a_liked_comment_moves_on_every_screen,
    test_an_answer_stands_under_its_comment_in_every_browser_and_is_told,
    test_answers_are_folded_away_shown_and_counted_as_they_come_and_go,
)
from tests.flows.test_truth import (
    test_a_screen_becomes_what_it_would_be_if_loaded_now,
    test_new_posts_wait_and_are_then_what_a_new_feed_shows,
    town,
)

__all__ = ["town", *(name for name in globals() if name.startswith("test_"))]
