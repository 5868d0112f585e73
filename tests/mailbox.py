"""A real SMTP server on this machine, and the mail it has received."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.server import PATIENCE_SECONDS, free_port


class Mailbox:
    """Every mail received, whoever it was for."""

    def __init__(self, **server: Any) -> None:
        self.mails: list[EmailMessage] = []
        self.refusal = ""
        """The reply to every recipient instead of accepting the mail."""
        self.controller = Controller(
            self, "127.0.0.1", free_port(), ready_timeout=PATIENCE_SECONDS, **server
        )

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: Any
    ) -> str:
        """Accept a recipient, or refuse it."""
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Accept a mail."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        [recipient] = envelope.rcpt_tos
        assert not recipient.isascii() or recipient == mail["To"].addresses[0].addr_spec
        self.mails.append(mail)
        return "250 OK"

    @property
    def url(self) -> str:
        """Its SMTP_URL."""
        return f"smtp://127.0.0.1:{self.controller.port}"

    def to(self, address: str, subject: str = "") -> list[EmailMessage]:
        """Return the mails to an address, oldest first."""
        return [
            mail
            for mail in self.mails
            if mail["To"].addresses[0].addr_spec == address and subject in mail["Subject"]
        ]

    def wait(self, address: str, subject: str = "", *, after: int = 0) -> EmailMessage:
        """Return the newest mail to an address, once there are more than `after`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.to(address, subject)) <= after and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.to(address, subject)) > after, (
            address,
            subject,
            [mail["Subject"] for mail in self.mails],
        )
        return self.to(address, subject)[-1]


@contextmanager
def mailbox(**server: Any) -> Iterator[Mailbox]:
    """Run a mailbox until the context ends."""
    box = Mailbox(**server)
    box.controller.start()
    try:
        yield box
    finally:
        box.controller.stop()


def words(mail: EmailMessage, kind: str = "plain") -> str:
    """Return the text of a mail, plain or HTML."""
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def link(mail: EmailMessage) -> str:
    """Return the only link in a mail."""
    [found] = re.findall(r"^https?://\S+$", words(mail), re.M)
    return found


def token(mail: EmailMessage) -> str:
    """Return the token in a mail's link."""
    [found] = parse_qs(urlsplit(link(mail)).query)["token"]
    return found
