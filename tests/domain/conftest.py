"""What several of the domain's tests need: mail that arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from instagram_clone import config
from instagram_clone.domain import mails
from tests.mailbox import Mailbox, mailbox

UseServer = Callable[[str], None]


@pytest.fixture
def use_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[UseServer]:
    """Name a mail server in the settings, as long as the test lasts."""

    def use(url: str) -> None:
        monkeypatch.setenv("SMTP_URL", url)
        config.settings.cache_clear()

    yield use
    monkeypatch.delenv("SMTP_URL", raising=False)
    config.settings.cache_clear()


@pytest.fixture
def box(use_server: UseServer) -> Iterator[Mailbox]:
    """A mailbox that the settings name."""
    with mailbox() as made:
        use_server(made.url)
        yield made


async def send_all() -> None:
    """Have all mail be sent that was asked for."""
    await mails.settle()
