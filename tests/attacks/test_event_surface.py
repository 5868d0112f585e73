"""Every name a client can call, reviewed by hand: a new one must be added here, with a reason to exist."""

from __future__ import annotations

import inspect
import re

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.web import guard
from instagram_clone.web.access import is_open, needs_no_state

OPEN = {
    "session_state.load",
    "session_state.load_frame",
    "timeline_state.more",
    "timeline_state.newest",
    "timeline_state.older",
    "detail_state.load_page",
    "detail_state.load_dialog",
    "detail_state.more",
    "detail_state.load_latest",
    "detail_state.more_replies",
    "detail_state.fewer_replies",
    "profile_state.load",
    "people_state.close",
    "people_state.leave",
    "sign_up_state.reset_form",
    "sign_up_state.leave",
    "sign_up_state.write",
    "sign_up_state.write_username",
    "recovery_state.load",
}
SIGNED_IN = {
    "timeline_state.load_home",
    "timeline_state.load_explore",
    "timeline_state.refresh",
    "timeline_state.like",
    "timeline_state.unlike",
    "timeline_state.save",
    "timeline_state.unsave",
    "profile_state.load_saved",
    "timeline_state.delete",
    "detail_state.comment",
    "detail_state.delete_comment",
    "detail_state.like_comment",
    "detail_state.unlike_comment",
    "people_state.dismiss",
    "people_state.follow",
    "people_state.unfollow",
    "people_state.load_suggestions",
    "people_state.load_requests",
    "people_state.confirm",
    "people_state.decline",
    "people_state.remove_follower",
    "people_state.open_likes",
    "people_state.open_comment_likes",
    "people_state.load_from_address",
    "people_state.more",
    "people_state.load_first",
    "settings_state.load_profile",
    "settings_state.save_profile",
    "settings_state.use_photo",
    "email_state.load",
    "email_state.send_confirmation",
    "email_state.cancel_change",
    "settings_state.load_sessions",
    "settings_state.end_session",
    "settings_state.end_others",
    "settings_state.load_alert_rules",
    "settings_state.set_alert_rule",
    "composer_state.share",
    "alerts_state.open_panel",
    "alerts_state.set_visible",
    "alerts_state.close_panel",
    "alerts_state.mark_all_read",
    "alerts_state.more",
    "alerts_state.load_first",
    "settings_state.load_preferences",
    "settings_state.set_preference",
    "settings_state.set_private",
    "blocked_state.load_blocked",
    "blocked_state.more",
    "blocked_state.load_first",
    "settings_state.block",
    "settings_state.unblock",
    "search_state.open",
    "search_state.close",
    "search_state.search",
    "search_state.more",
    "search_state.remember_person",
    "search_state.remember_text",
    "search_state.remove",
    "search_state.remove_all",
    "inbox_state.load",
    "inbox_state.more",
    "inbox_state.load_first",
    "inbox_state.refresh",
    "inbox_state.load_people",
    "inbox_state.search",
    "inbox_state.start",
    "inbox_state.share_post",
    "thread_state.load",
    "thread_state.more",
    "thread_state.load_newer",
    "thread_state.load_latest",
    "thread_state.send",
    "thread_state.send_photo",
    "thread_state.send_like",
    "thread_state.unsend",
    "thread_state.react",
    "thread_state.typing",
    "thread_state.read",
    "thread_state.show_post",
    "thread_state.accept",
    "thread_state.decline",
    "thread_state.block",
    "thread_state.mute",
    "thread_state.rename",
    "thread_state.remove",
    "thread_state.leave",
    "thread_state.clear",
}


def short(name: str) -> str:
    """Return `timeline_state.like` for `module___states___timeline____timeline_state.like`."""
    state, _, handler = name.rpartition(".")
    return f"{re.split('_{3,}', state)[-1]}.{handler}"


def test_only_reviewed_handlers_are_callable() -> None:
    callable_now = guard.client_callable()
    assert {short(name) for name, fn in callable_now.items() if is_open(fn)} == OPEN
    assert {short(name) for name, fn in callable_now.items() if not is_open(fn)} == SIGNED_IN


def test_handlers_take_only_arguments_the_guard_can_check() -> None:
    for name, fn in guard.client_callable().items():
        for argument, kind in guard.arguments(fn)[0].items():
            assert kind in (str, int, float, bool, dict[str, str]), (name, argument)


def test_stateless_handlers_are_only_for_people_who_are_signed_in() -> None:
    verbs = [fn for fn in guard.client_callable().values() if needs_no_state(fn)]
    assert len(verbs) > 15
    for fn in verbs:
        assert not is_open(fn), fn
        assert next(iter(inspect.signature(fn).parameters)) == "caller", fn
