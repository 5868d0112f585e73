"""Redaction of logs: no session or link token appears in any line, whoever logs it."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}|(?<=token=)[\w-]{20,}|(?<=link=)[\w-]{20,}")
_MARKERS = ("eyJ", "token=", "link=")
_formatter = logging.Formatter()


def redact(text: str) -> str:
    """Return a text with its tokens redacted."""
    return _TOKEN.sub("[token]", text)


def redact_tokens() -> None:
    """Redact every line logged from now on, including Reflex's and the server's."""
    make = logging.getLogRecordFactory()

    def make_redacted(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            text = record.getMessage()
        except Exception:
            # The arguments don't match the format string; the handler reports that without raising.
            return record
        if any(marker in text for marker in _MARKERS):
            record.msg, record.args = redact(text), ()
        if record.exc_info and record.exc_info[0] is not None:
            # An exception may quote a token. Handlers use `exc_text` as it is.
            record.exc_text = redact(_formatter.formatException(record.exc_info))
        return record

    logging.setLogRecordFactory(make_redacted)
