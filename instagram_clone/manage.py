"""Site administration: `python -m instagram_clone.manage migrate | repair | outbox | reset-link`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from instagram_clone import mongod
from instagram_clone.config import ConfigError, settings
from instagram_clone.domain import migrations, repair
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.people.credentials import recovery


async def migrate(_: argparse.Namespace) -> None:
    """Migrate data from older versions, and drop indexes that are no longer needed."""
    done = await migrations.apply()
    for one in done:
        print(f"{one.number}  {one.name}")
    for name in await db.drop_old_indexes():
        print(f"Dropped the index {name}")
    if not done:
        print("There was nothing to migrate.")


async def mend(_: argparse.Namespace) -> None:
    """Remove orphaned data and recompute all counts. Safe while the app is running."""
    found = await repair.everything()
    for kind, number in found.items():
        print(f"{number:>8}  {kind}")
    if not found:
        print("Nothing was wrong.")


async def show_outbox(given: argparse.Namespace) -> None:
    """Show outbox entries that have failed; with `retry`, try the ones set aside again."""
    if given.retry:
        print(f"{await outbox.retry()} will be tried again.")
        return
    failed = await outbox.failed()
    for one in failed:
        when = "set aside" if one.set_aside else f"again at {one.due}"
        print(f"{one.id}  {one.kind} {one.subject}, {one.tries} tries, {when}\n    {one.error}")
    if not failed:
        print("Nothing has failed.")


async def reset_link(given: argparse.Namespace) -> None:
    """Print a link for setting a new password; it works once, for half an hour."""
    print(await recovery.make_link(given.login) or "Nobody is called that.")


Command = Callable[[argparse.Namespace], Awaitable[None]]


async def main(command: Command, given: argparse.Namespace) -> None:
    """Connect to the database as the app does, and run a command."""
    uri = settings().mongodb_uri or mongod.lease(settings().data_dir / "mongo")
    await db.connect(uri, settings().database)
    try:
        await command(given)
        await outbox.settle()
    finally:
        await db.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m instagram_clone.manage")
    commands = parser.add_subparsers(required=True)
    for name, command in (
        ("migrate", migrate),
        ("repair", mend),
        ("outbox", show_outbox),
        ("reset-link", reset_link),
    ):
        one = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        one.set_defaults(command=command)
        if name == "outbox":
            one.add_argument("retry", nargs="?", choices=["retry"], help="try again what was set aside")
        if name == "reset-link":
            one.add_argument("login", metavar="USERNAME", help="whose; an email will do")
    return parser


if __name__ == "__main__":
    try:
        asked = _parser().parse_args()
        asyncio.run(main(asked.command, asked))
    except (ConfigError, db.DatabaseUnreachable, mongod.MongodMissing, mongod.NotRunning) as error:
        sys.exit(f"instagram_clone: {error}")
