"""Fixtures shared by the domain's tests: mail that arrives, and a record of database commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo.monitoring import CommandListener, CommandStartedEvent

from instagram_clone import config
from instagram_clone.domain.core import db
from instagram_clone.domain.people import visibility
from instagram_clone.domain.people.credentials import mails
from tests.mailbox import Mailbox, mailbox

UseServer = Callable[[str], None]


@pytest.fixture
def use_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[UseServer]:
    """Return a function that sets the mail server for the rest of the test."""

    def use(url: str) -> None:
        monkeypatch.setenv("SMTP_URL", url)
        config.settings.cache_clear()

    yield use
    monkeypatch.delenv("SMTP_URL", raising=False)
    config.settings.cache_clear()


@pytest.fixture
def box(use_server: UseServer) -> Iterator[Mailbox]:
    """A mailbox whose server is set in the settings."""
    with mailbox() as opened:
        use_server(opened.url)
        yield opened


async def send_all() -> None:
    """Send all queued mail."""
    await mails.settle()


CONNECTION_COMMANDS = ("sasl", "hello", "ping", "endSessions")
"""A connection pool sends these whenever it likes."""


class Commands(CommandListener):
    """Every command that the driver sends for a caller, but none that connections need for themselves."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if not event.command_name.startswith(CONNECTION_COMMANDS):
            self.sent.append((event.command_name, dict(event.command)))

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


@pytest.fixture
async def commands(database: None, mongo_uri: str, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """A connection whose commands are recorded, in place of the test's own."""
    # What is cached for a minute must stay cached even in a test that takes longer.
    monkeypatch.setattr(visibility._blocked_either_way, "seconds", 3600.0)
    listener = Commands()
    await db.close()
    await db.connect(mongo_uri, "tests", event_listeners=[listener])
    listener.sent.clear()
    return listener
