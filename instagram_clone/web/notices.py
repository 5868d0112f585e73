"""Toasts, the short messages in the corner of a tab's screen, and how errors are worded for people."""

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
UNREACHED = "Instaclone cannot do this right now. Try again in a moment."

log = logging.getLogger(__name__)


def toast(
    text: str,
    *,
    error: bool = False,
    label: str = "",
    link: str = "",
    event: rx.event.EventSpec | None = None,
) -> live.Facts:
    """Return a toast as a fact; with a `label` it has a button that follows the link or sends the event.

    Its key depends on its content: two toasts at once don't replace each other unless they are identical.
    """
    content: dict[str, Any] = {"text": text, "error": error, "label": label, "link": link}
    if event is not None:
        content["event"] = reflex_adapter.describe(event)
    return {
        fact_keys.toast_key("|".join(map(str, content.values()))): {"id": time.time_ns() // 1000, **content}
    }


def show(token: str, text: str, **options: Any) -> None:
    """Show a toast in one tab; `options` are those of `toast`."""
    live.send_facts(token, toast(text, **options))


def refuse(token: str, key: str, why: str) -> None:
    """Let a tab know that what it sent under a key was refused; `why` is "" if shown elsewhere."""
    live.send_facts(token, {fact_keys.sent_key(key): {"ok": False, "why": why}})


@contextlib.contextmanager
def report_refusals(token: str, key: str) -> Iterator[None]:
    """Report a refusal (with its reason) or a failure under the key of what the tab sent, so that it is
    shown there. A failure is raised again, for a toast to explain it.
    """
    try:
        yield
    except DomainError as error:
        refuse(token, key, str(error))
    except Exception:
        refuse(token, key, "")
        raise


def explain(exception: Exception, token: str) -> None:
    """Show the tab whose event failed one sentence about it, never a traceback or a secret."""
    if isinstance(exception, NotSignedIn):
        live.send_facts(token, {fact_keys.signed_out_key(): True})
    else:
        show(token, sentence(exception), error=True)


def sentence(exception: Exception) -> str:
    """Return a sentence about an error for people to read; log it if it is the server's fault."""
    if isinstance(exception, DomainError):
        return str(exception)
    if availability.is_outage(exception):
        log.error("An event failed: %s", type(exception).__name__)
        return UNREACHED
    number = secrets.token_hex(4)
    log.error("Error %s", number, exc_info=exception)
    return f"{BROKEN} (Error {number})"
