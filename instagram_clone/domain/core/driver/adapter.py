"""What is used of MongoDB's driver that it does not document.

No other module touches these parts; a contract test (`tests/domain/core/test_driver_contract.py`) names
what a new version has changed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from pymongo import _csot
from pymongo.asynchronous import pool
from pymongo.common import MAX_MESSAGE_SIZE
from pymongo.errors import ProtocolError, _OperationCancelled
from pymongo.message import _UNPACK_REPLY
from pymongo.network_layer import async_receive_message

CHECK_SECONDS = 0.5
"""So often an answer is asked about that is waited for, as the driver does."""


def wait_without_tasks() -> None:
    """Have every command wait for its answer where it was sent from.

    The driver makes two tasks for each answer, one that reads and one that asks twice a second whether it
    is still to be waited for, and waits for the end of both: a fifth of what a command costs. A timer asks
    as well. `Connection.receive_message` looks the function up in its module.
    """
    pool.async_receive_message = _receive  # pyright: ignore[reportPrivateImportUsage]


async def _receive(
    connection: Any, request_id: int | None, max_message_size: int = MAX_MESSAGE_SIZE
) -> Any:
    wire = connection.conn.get_conn
    if wire.gettimeout or _csot.get_timeout():
        return await async_receive_message(connection, request_id, max_message_size)
    loop = asyncio.get_running_loop()

    def check() -> None:
        nonlocal timer
        if connection.cancel_context.cancelled:
            wire.close(_OperationCancelled("operation cancelled"))
        else:
            timer = loop.call_later(CHECK_SECONDS, check)

    timer = loop.call_later(CHECK_SECONDS, check)
    try:
        data, code = await wire.read(request_id, max_message_size)
    finally:
        timer.cancel()
    if code not in _UNPACK_REPLY:
        raise ProtocolError(f"Got opcode {code!r}")
    return _UNPACK_REPLY[code](data)
