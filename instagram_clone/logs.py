"""What may stand in a log: no token, of a session or a mailed link, whoever wrote the line."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}|(?<=token=)[\w-]{20,}|(?<=link=)[\w-]{20,}")
_SIGNS = ("eyJ", "token=", "link=")
_formatter = logging.Formatter()


def redacted(text: str) -> str:
    """Return a text without the tokens in it."""
    return _TOKEN.sub("[token]", text)


def keep_secrets() -> None:
    """Redact every line that is logged from now on, Reflex's and the server's too."""
    make = logging.getLogRecordFactory()

    def record(*given: object, **more: object) -> logging.LogRecord:
        made = make(*given, **more)
        try:
            text = made.getMessage()
        except Exception:
            # Words and arguments do not fit: the handler says so, and fails nobody.
            return made
        if any(sign in text for sign in _SIGNS):
            made.msg, made.args = redacted(text), ()
        if made.exc_info and made.exc_info[0] is not None:
            # What was raised may quote what it was about. Handlers take this as it is.
            made.exc_text = redacted(_formatter.formatException(made.exc_info))
        return made

    logging.setLogRecordFactory(record)
