"""No token in any log line, whoever wrote it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator

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
def test_tokens_of_mailed_links_are_redacted_from_the_log(line: str) -> None:
    token = secrets.token_urlsafe(32)
    assert logs.redact(line.format(token)) == line.format("[token]")


def test_other_text_is_not_redacted() -> None:
    for line in ("GET /forgot?link=dead", "token=short", "A link=that is none"):
        assert logs.redact(line) == line


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """A logger that redacts secrets."""
    before = logging.getLogRecordFactory()
    logs.redact_tokens()
    yield logging.getLogger("tests")
    logging.setLogRecordFactory(before)


def test_a_token_quoted_in_an_error_is_redacted(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    token = secrets.token_urlsafe(32)
    try:
        raise RuntimeError(f"cannot open /reset?token={token}")
    except RuntimeError:
        log.exception("Error 1")
    assert "cannot open /reset?token=[token]" in caplog.text and token not in caplog.text


def test_a_malformed_log_record_raises_nothing(
    log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "disabled", False)
    log.makeRecord("tests", logging.INFO, __file__, 1, "%d of %d", ("one",), None)
