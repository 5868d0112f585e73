"""Short messages in the corner of a tab's screen, and what errors become."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from instagram_clone import live
from instagram_clone.domain.errors import DomainError, NotSignedIn

log = logging.getLogger(__name__)


def toast(text: str, *, error: bool = False, link: str = "", label: str = "") -> dict[str, Any]:
    """A message as the browser's toaster takes it; `link` and `label` make its button."""
    return {"id": time.time_ns() // 1000, "text": text, "error": error, "link": link, "label": label}


def show(token: str, text: str, *, error: bool = False, link: str = "", label: str = "") -> None:
    """Show a message in one tab."""
    live.tell(token, {"toast": toast(text, error=error, link=link, label=label)})


def explain(exception: Exception, token: str) -> None:
    """Tell the tab whose event failed, in a sentence. Never a traceback, never a secret."""
    if isinstance(exception, NotSignedIn):
        live.tell(token, {"signed_out": True})
    elif isinstance(exception, DomainError):
        show(token, str(exception), error=True)
    else:
        number = secrets.token_hex(4)
        log.error("Error %s", number, exc_info=exception)
        show(token, f"Something broke on our side. Try again. (Error {number})", error=True)
