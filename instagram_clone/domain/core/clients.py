"""MongoDB clients, and the check whether a server is usable."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

Client = AsyncMongoClient[dict[str, Any]]
Database = AsyncDatabase[dict[str, Any]]

CONNECT_SECONDS = 3

HEARTBEAT_SECONDS = 5
"""How often the driver checks that the server is alive, and how long it may take to answer. A server that
hangs is given up once both have elapsed, along with everything waiting for it.
"""


class DatabaseUnreachable(Exception):
    """The server does not answer or refuses us; the text names its host, never the password."""


def open_client(uri: str, options: dict[str, Any]) -> Client:
    """Return a client, which connects on first use."""
    return AsyncMongoClient(
        uri,
        serverSelectionTimeoutMS=CONNECT_SECONDS * 1000,
        connectTimeoutMS=HEARTBEAT_SECONDS * 1000,
        heartbeatFrequencyMS=HEARTBEAT_SECONDS * 1000,
        tz_aware=True,
        **options,
    )


def get_database(client: Client, database: str) -> Database:
    """Return a database by name, with timezone-aware datetimes."""
    return client.get_database(database, codec_options=CodecOptions(tz_aware=True))


def check(uri: str) -> None:
    """Check once that a server is usable, before anything is built. Raises DatabaseUnreachable."""
    with translate_errors(uri), MongoClient(uri, serverSelectionTimeoutMS=CONNECT_SECONDS * 1000) as client:
        check_transactions(uri, client.admin.command("hello"))


def check_transactions(uri: str, hello: dict[str, Any]) -> None:
    """Raise DatabaseUnreachable if a server's `hello` reply shows that it has no transactions."""
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseUnreachable(
            f"MongoDB at {_host(uri)} is not a replica set, so it has no transactions. Start it with"
            " --replSet and initiate the set; one server is enough."
        )


@contextlib.contextmanager
def translate_errors(uri: str) -> Iterator[None]:
    """Turn any driver error into DatabaseUnreachable with a readable message."""
    try:
        yield
    except OperationFailure as error:
        reason = (error.details or {}).get("codeName", error.code)
        raise DatabaseUnreachable(f"MongoDB at {_host(uri)} refused the connection: {reason}.") from None
    except (ConfigurationError, InvalidURI):
        raise DatabaseUnreachable("MONGODB_URI is not valid. Are special characters escaped?") from None
    except PyMongoError:
        raise DatabaseUnreachable(f"MongoDB at {_host(uri)} does not answer.") from None


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).netloc.rpartition("@")[2] or "the given address"
    except ValueError:
        return "the given address"
