"""The wiring and nothing else: pages, guard, edge, database."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator

import reflex as rx

from instagram_clone import availability, live, logs, mongod
from instagram_clone.config import settings
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.media import drafts
from instagram_clone.live import reflex_adapter
from instagram_clone.live.tabs import socket_adapter
from instagram_clone.runtime import state_adapter
from instagram_clone.web import guard, notices, page_loads
from instagram_clone.web.html.pages import Edge
from instagram_clone.web.http import spool
from instagram_clone.web.http.app import http_routes
from instagram_clone.web.pages import (
    auth,
    explore,
    home,
    messages,
    not_found,
    notifications,
    post,
    profile,
    recovery,
    search,
)
from instagram_clone.web.pages import settings as settings_pages
from instagram_clone.web.states.messaging import inbox_facts  # noqa: F401
from instagram_clone.web.states.posts import (  # listeners that are part of no page
    comment_updates,  # noqa: F401
    home_updates,  # noqa: F401
    likers,  # noqa: F401
    own_comment_updates,  # noqa: F401
    saved_list,  # noqa: F401
)

SETTLE_SECONDS = 5.0
"""How long pending outbox work is processed on shutdown; the rest is left to the next process."""

log = logging.getLogger(__name__)
logs.redact_tokens()


@contextlib.asynccontextmanager
async def database() -> AsyncIterator[None]:
    """Connect to the database and other processes while this one serves. On failure, print why and exit."""
    try:
        uri = settings().mongodb_uri or await asyncio.to_thread(mongod.lease, settings().data_dir / "mongo")
        await db.connect(uri, settings().database)
        await migrate()
        await asyncio.to_thread(spool.clear)
    except (
        db.DatabaseUnreachable,
        migrations.NotMigrated,
        mongod.MongodMissing,
        mongod.NotRunning,
    ) as error:
        print(f"instagram_clone: {error}", file=sys.stderr, flush=True)
        # An exception would only make this worker restart, again and again.
        os._exit(3)
    work = (drafts.keep_sweeping, outbox.keep_working)
    chores = [asyncio.create_task(chore()) for chore in work]
    redis = settings().redis_url
    try:
        async with (
            live.between_processes(redis) if redis else contextlib.nullcontext(),
            availability.watching(),
        ):
            yield
    finally:
        for chore in chores:
            chore.cancel()
        await outbox.settle(SETTLE_SECONDS)
        await db.close()


async def migrate() -> None:
    """Migrate the embedded database. Raises NotMigrated for an external one, which is migrated by hand."""
    if settings().mongodb_uri:
        await migrations.check()
    else:
        await migrations.apply()


def tune_garbage_collection() -> None:
    """Make garbage collection infrequent, and exclude everything that existed at startup.

    With Python's defaults, a full collection with 1,000 tabs stalls everyone for 0.2 s every few seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def on_backend_error(exception: Exception) -> None:
    """Show the error to the person whose event failed."""
    notices.explain(exception, reflex_adapter.token_of_failed_event())


def on_frontend_error(exception: Exception) -> None:
    """Log what a browser reports, truncated: clients control the text."""
    log.warning("A browser reported: %.300r", str(exception))


app = rx.App(
    stylesheets=["/tokens.css", "/components.css", "/app.css"],
    html_lang="en",
    head_components=[
        rx.el.link(rel="icon", href="/favicon.ico", sizes="48x48"),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/apple-touch-icon.png"),
    ],
    toaster=None,
    api_transformer=[http_routes(), Edge],
    backend_exception_handler=on_backend_error,
    frontend_exception_handler=on_frontend_error,
)
reflex_adapter.remove_overlay(app)
app.add_middleware(guard.Guard())
app.register_lifespan_task(database)
app.register_lifespan_task(tune_garbage_collection)
live.attach(app)
guard.intercept_events(app)
state_adapter.load_pages_with(page_loads.load)
state_adapter.create_substates_lazily(app)
socket_adapter.drop_unused_headers(app)

for page in (
    auth, recovery, home, explore, search, messages, notifications, post, settings_pages, profile,
    not_found,
):  # fmt: skip
    page.add(app)
