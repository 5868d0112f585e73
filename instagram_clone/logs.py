"""What may stand in a log: anything but a session token, whoever wrote the line."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}")


def redacted(text: str) -> str:
    """Return a text without the session tokens in it."""
    return _TOKEN.sub("[token]", text)


def keep_secrets() -> None:
    """Redact every line that is logged from now on, Reflex's and the server's too."""
    make = logging.getLogRecordFactory()

    def record(*given: object, **more: object) -> logging.LogRecord:
        made = make(*given, **more)
        text = made.getMessage()
        if "eyJ" in text:
            made.msg, made.args = redacted(text), ()
        return made

    logging.setLogRecordFactory(record)
