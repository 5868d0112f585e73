"""The undocumented parts of MongoDB's driver that this project uses.

No other module touches them; a contract test (`tests/domain/core/test_driver_contract.py`) shows what a new
version of the driver has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bson.codec_options import CodecOptions
from pymongo import _csot
from pymongo.asynchronous import pool
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.command_runner import _run_command
from pymongo.client_session_shared import _TxnState
from pymongo.common import MAX_MESSAGE_SIZE
from pymongo.errors import (
    NotPrimaryError,
    OperationFailure,
    ProtocolError,
    PyMongoError,
    _OperationCancelled,
)
from pymongo.message import _UNPACK_REPLY, _op_msg
from pymongo.network_layer import async_receive_message
from pymongo.read_preferences import ReadPreference

_OPTIONS: Any = CodecOptions(tz_aware=True)

CHECK_SECONDS = 0.5
"""How often a pending reply is checked for cancellation; the driver uses the same interval."""


def wait_without_tasks() -> None:
    """Make every command await its reply in the task that sent it.

    The driver starts two tasks for each reply, one that reads and one that checks for cancellation twice a
    second, and awaits both: a fifth of what a command costs. A timer can do the check just as well. The
    patch takes effect because `Connection.receive_message` looks the function up in its module.
    """
    pool.async_receive_message = _receive  # pyright: ignore[reportPrivateImportUsage]


async def _receive(
    connection: Any, request_id: int | None, max_message_size: int = MAX_MESSAGE_SIZE
) -> Any:
    protocol = connection.conn.get_conn
    if protocol.gettimeout or _csot.get_timeout():
        return await async_receive_message(connection, request_id, max_message_size)
    loop = asyncio.get_running_loop()

    def check() -> None:
        nonlocal timer
        if connection.cancel_context.cancelled:
            protocol.close(_OperationCancelled("operation cancelled"))
        else:
            timer = loop.call_later(CHECK_SECONDS, check)

    timer = loop.call_later(CHECK_SECONDS, check)
    try:
        data, code = await protocol.read(request_id, max_message_size)
    finally:
        timer.cancel()
    if code not in _UNPACK_REPLY:
        raise ProtocolError(f"Got opcode {code!r}")
    return _UNPACK_REPLY[code](data)


async def finish_pipelined(
    session: AsyncClientSession,
    database: str,
    commands: list[dict[str, Any]],
    check: Callable[[list[dict[str, Any]]], None],
) -> None:
    """Run the last commands of a transaction and commit it, all over one connection.

    The commands are sent together and MongoDB executes them in order; the driver would wait for each reply
    before sending the next. `check` is given the replies and may raise; the transaction is committed only
    if it does not. If the commit fails, `with_transaction` is left to retry it.
    """
    any_session: Any = session
    client = any_session.client
    is_committing = False
    try:
        async with await client._conn_for_writes(session, "transaction") as connection:
            check(await _send_pipelined(connection, any_session, database, commands))
            is_committing = True
            await any_session._finish_transaction(connection, "commitTransaction")
            any_session._transaction.state = _TxnState.COMMITTED
    except PyMongoError:
        if not is_committing:
            raise


async def _send_pipelined(
    connection: Any, session: Any, database: str, commands: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    client, request_ids, messages, largest = session.client, [], [], 0
    for command in commands:
        connection.add_server_api(command)
        session._apply_to(command, False, ReadPreference.PRIMARY, connection)
        session._transaction.set_in_progress()
        connection.send_cluster_time(command, session, client)
        request_id, message, _, size = _op_msg(
            0, command, database, ReadPreference.PRIMARY, _OPTIONS, ctx=connection.compression_context
        )
        request_ids.append(request_id)
        messages.append(message)
        largest = max(largest, size)
    await connection.send_message(b"".join(messages), largest)
    replies: list[dict[str, Any]] = []
    first_error: PyMongoError | None = None
    for request_id, command in zip(request_ids, commands, strict=True):
        try:
            # With `more_to_come` the driver sends nothing and only reads the next reply.
            [reply], _, _ = await _run_command(
                connection, command, database, request_id, b"",
                client=client, session=session, listeners=connection.listeners,
                topology_id=client._topology_id, codec_options=_OPTIONS, more_to_come=True,
            )  # fmt: skip
            replies.append(reply)
        except (OperationFailure, NotPrimaryError) as error:
            first_error = first_error or error
        except BaseException:
            # Unread replies must not be left for whoever gets this connection next.
            await connection.close_conn(None)
            raise
    if first_error is not None:
        raise first_error
    return replies
