"""A link for somebody who has forgotten their password: `python -m instagram_clone.reset_link USERNAME`.

For whoever runs a site that sends no mail. It works once, for half an hour; pass it on in private.
"""

from __future__ import annotations

import asyncio
import sys

from instagram_clone import mongod
from instagram_clone.config import ConfigError, settings
from instagram_clone.domain import db, recovery


async def make(login: str) -> str:
    """Connect, and return a link for a username or an email; "" where there is no such account."""
    uri = settings().mongodb_uri or await asyncio.to_thread(mongod.lease, settings().data_dir / "mongo")
    await db.connect(uri, settings().database)
    try:
        return await recovery.make_link(login)
    finally:
        await db.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m instagram_clone.reset_link USERNAME")
    try:
        link = asyncio.run(make(sys.argv[1]))
    except (ConfigError, db.DatabaseUnreachable, mongod.MongodMissing, mongod.NotRunning) as error:
        raise SystemExit(f"instagram_clone: {error}") from None
    if not link:
        raise SystemExit("Nobody is called that.")
    print(link)
