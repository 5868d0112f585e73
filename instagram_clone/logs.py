"""Redaction of logs: no session or link token appears in any line, whoever logs it."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}|(?<=token=)[\w-]{20,}|(?<=link=)[\w-]{20,}")
_SIGNS = ("eyJ", "token=", "link=")
_formatter = logging.Formatter()


def redacted(text: str) -> str:
    """Return a text with its tokens redacted."""
    return _TOKEN.sub("[token]", text)


def redact_tokens() -> None:
    """Redact every line logged from now on, including Reflex's and the server's."""
    make = logging.getLogRecordFactory()

    def record(*given: object, **more: object) -> logging.LogRecord:
        made = make(*given, **more)
        try:
            text = made.getMessage()
        except Exception:
            # The arguments don't match the format string; the handler reports that without raising.
            return made
        if any(sign in text for sign in _SIGNS):
            made.msg, made.args = redacted(text), ()
        if made.exc_info and made.exc_info[0] is not None:
            # An exception may quote a token. Handlers use `exc_text` as it is.
            made.exc_text = redacted(_formatter.formatException(made.exc_info))
        return made

    logging.setLogRecordFactory(record)
