"""Short messages in the corner of a tab's screen, and what errors become."""

from __future__ import annotations

import contextlib
import logging
import secrets
import time
from collections.abc import Iterator
from typing import Any

import reflex as rx

from instagram_clone import availability, live
from instagram_clone.domain.core.errors import DomainError, NotSignedIn
from instagram_clone.live import fact_keys, reflex_adapter

BROKEN = "Something broke on our side. Try again."
UNREACHED = "Instaclone cannot do this just now. Try again in a moment."

log = logging.getLogger(__name__)


def toast(
    text: str,
    *,
    error: bool = False,
    label: str = "",
    link: str = "",
    event: rx.event.EventSpec | None = None,
) -> live.Facts:
    """A message as the fact that browsers show; with a `label` it has a button that leads somewhere, or
    sends an event.

    It has a key of its own: of two at once neither replaces the other, unless they are the same.
    """
    known: dict[str, Any] = {"text": text, "error": error, "label": label, "link": link}
    if event is not None:
        known["event"] = reflex_adapter.described(event)
    return {
        fact_keys.toast_key("|".join(map(str, known.values()))): {"id": time.time_ns() // 1000, **known}
    }


def show(token: str, text: str, **more: Any) -> None:
    """Show a message in one tab; `more` as `toast` takes it."""
    live.tell(token, toast(text, **more))


def refuse(token: str, key: str, why: str) -> None:
    """Have a tab know that what it sent under a key was not done. "" is where it is said elsewhere why."""
    live.tell(token, {fact_keys.sent_key(key): {"ok": False, "why": why}})


@contextlib.contextmanager
def refusals_under(token: str, key: str) -> Iterator[None]:
    """Say under the key of what a tab sends, where it is shown, that it was refused and why, or that it
    failed. What failed is raised again, for the corner to say so.
    """
    try:
        yield
    except DomainError as error:
        refuse(token, key, str(error))
    except Exception:
        refuse(token, key, "")
        raise


def explain(exception: Exception, token: str) -> None:
    """Tell the tab whose event failed, in a sentence. Never a traceback, never a secret."""
    if isinstance(exception, NotSignedIn):
        live.tell(token, {fact_keys.signed_out_key(): True})
    else:
        show(token, sentence(exception), error=True)


def sentence(exception: Exception) -> str:
    """Say what failed as a person may read it, and log what is not theirs to mend."""
    if isinstance(exception, DomainError):
        return str(exception)
    if availability.is_outage(exception):
        log.error("An event failed: %s", type(exception).__name__)
        return UNREACHED
    number = secrets.token_hex(4)
    log.error("Error %s", number, exc_info=exception)
    return f"{BROKEN} (Error {number})"
