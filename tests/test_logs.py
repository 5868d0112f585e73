"""No token in any log line, whoever wrote it."""

from __future__ import annotations

import secrets

import pytest

from instagram_clone import logs


@pytest.mark.parametrize(
    "line",
    [
        'GET "/reset?token={}" 303',
        "GET /confirm?about=change&token={} HTTP/1.1",
        "Cookie: instaclone_link={}; other=1",
        "sent http://localhost:3000/reset?token={}",
    ],
)
def test_a_mailed_link_is_no_use_to_who_reads_the_log(line: str) -> None:
    token = secrets.token_urlsafe(32)
    assert logs.redacted(line.format(token)) == line.format("[token]")


def test_what_is_no_secret_stays() -> None:
    for line in ("GET /forgot?link=dead", "token=short", "A link=that is none"):
        assert logs.redacted(line) == line
