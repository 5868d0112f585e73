"""Mail delivery: to an SMTP server, or into a folder if there is none."""

from __future__ import annotations

import asyncio
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from instagram_clone.config import is_local, settings
from instagram_clone.mail.letters import Letter, message

TIMEOUT_SECONDS = 10.0
"""How long each step of the SMTP dialogue may take."""


class Undeliverable(Exception):
    """The server will never accept mail for this address."""


class DeliveryFailed(Exception):
    """The server could not be reached, or refused the mail for now. Says why, without quoting the mail."""


async def send(letter: Letter, to: str) -> None:
    """Send a letter to an address; does nothing if the site sends no mail.

    Raises Undeliverable or DeliveryFailed.
    """
    if not settings().sends_mail:
        return
    url = settings().smtp_url
    if url is None:
        await asyncio.to_thread(_write, settings().data_dir / "mail", letter, to)
        print(f"instagram_clone: mail to {to}: {letter.subject} {letter.link}", flush=True)
        return
    try:
        mail = message(letter, to, settings().mail_from)
        await aiosmtplib.send(mail, timeout=TIMEOUT_SECONDS, **server_of(url))
    except aiosmtplib.SMTPRecipientsRefused as error:
        if all(one.code >= 500 for one in error.recipients):
            raise Undeliverable from None
        raise DeliveryFailed("the recipient was refused for now") from None
    except aiosmtplib.SMTPNotSupported:
        # Only a non-ASCII address requires an extension that servers may lack.
        raise Undeliverable from None
    except (aiosmtplib.SMTPException, OSError) as error:
        code = getattr(error, "code", None)
        reason = type(error).__name__
        raise DeliveryFailed(f"{reason} {code}" if code else reason) from None


def server_of(url: str) -> dict[str, Any]:
    """Return the arguments for aiosmtplib from an SMTP_URL.

    A password goes to another machine only over TLS. A server could decline STARTTLS if it were optional.
    """
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    user = unquote(parts.username) if parts.username else None
    return {
        "hostname": parts.hostname,
        "port": parts.port or (465 if tls else 587 if user else 25),
        "username": user,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": tls,
        "start_tls": False if tls else True if user and not is_local(url) else None,
    }


def _write(folder: Path, letter: Letter, to: str) -> None:
    content = message(letter, to, settings().mail_from).as_bytes()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.eml"
    descriptor = os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
