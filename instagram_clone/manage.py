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
    for migration in done:
        print(f"{migration.number}  {migration.name}")
    for name in await db.drop_old_indexes():
        print(f"Dropped the index {name}")
    if not done:
        print("Nothing to migrate.")


async def run_repair(_: argparse.Namespace) -> None:
    """Remove orphaned data and recompute all counts. Safe while the app is running."""
    found = await repair.everything()
    for kind, number in found.items():
        print(f"{number:>8}  {kind}")
    if not found:
        print("No problems found.")


async def show_outbox(args: argparse.Namespace) -> None:
    """Show outbox entries that have failed; with `retry`, retry those set aside."""
    if args.retry:
        print(f"{await outbox.retry()} will be retried.")
        return
    failed = await outbox.failed()
    for entry in failed:
        when = "set aside" if entry.set_aside else f"next try at {entry.due}"
        print(f"{entry.id}  {entry.kind} {entry.subject}, {entry.tries} tries, {when}\n    {entry.error}")
    if not failed:
        print("No failed entries.")


async def reset_link(args: argparse.Namespace) -> None:
    """Print a link for setting a new password; it works once, for half an hour."""
    print(await recovery.make_link(args.login) or "No such user.")


Command = Callable[[argparse.Namespace], Awaitable[None]]


async def main(command: Command, args: argparse.Namespace) -> None:
    """Connect to the database as the app does, and run a command."""
    uri = settings().mongodb_uri or mongod.lease(settings().data_dir / "mongo")
    await db.connect(uri, settings().database)
    try:
        await command(args)
        await outbox.settle()
    finally:
        await db.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m instagram_clone.manage")
    commands = parser.add_subparsers(required=True)
    for name, command in (
        ("migrate", migrate),
        ("repair", run_repair),
        ("outbox", show_outbox),
        ("reset-link", reset_link),
    ):
        subparser = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        subparser.set_defaults(command=command)
        if name == "outbox":
            subparser.add_argument("retry", nargs="?", choices=["retry"], help="retry those set aside")
        if name == "reset-link":
            subparser.add_argument("login", metavar="USERNAME", help="the user's username or email")
    return parser


if __name__ == "__main__":
    try:
        arguments = _parser().parse_args()
        asyncio.run(main(arguments.command, arguments))
    except (ConfigError, db.DatabaseUnreachable, mongod.MongodMissing, mongod.NotRunning) as error:
        sys.exit(f"instagram_clone: {error}")
