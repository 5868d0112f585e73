"""What is used of MongoDB's driver that it does not document.

No other module touches these parts; a contract test (`tests/domain/core/test_driver_contract.py`) names
what a new version has changed.
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


async def finish_together(
    session: AsyncClientSession,
    database: str,
    commands: list[dict[str, Any]],
    check: Callable[[list[dict[str, Any]]], None],
) -> None:
    """Run the last commands of a transaction and commit it, all over one connection.

    The commands leave in one go, and MongoDB works them off in turn; the driver would wait for the answer
    to each before it sends the next. `check` is given the answers and may raise, and only then is the
    transaction committed. Where the commit fails it is left to `with_transaction`, which asks again.
    """
    owner: Any = session
    client = owner.client
    is_committing = False
    try:
        async with await client._conn_for_writes(session, "transaction") as connection:
            check(await _ask_together(connection, owner, database, commands))
            is_committing = True
            await owner._finish_transaction(connection, "commitTransaction")
            owner._transaction.state = _TxnState.COMMITTED
    except PyMongoError:
        if not is_committing:
            raise


async def _ask_together(
    connection: Any, session: Any, database: str, commands: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    client, numbers, messages, largest = session.client, [], [], 0
    for command in commands:
        connection.add_server_api(command)
        session._apply_to(command, False, ReadPreference.PRIMARY, connection)
        session._transaction.set_in_progress()
        connection.send_cluster_time(command, session, client)
        number, message, _, size = _op_msg(
            0, command, database, ReadPreference.PRIMARY, _OPTIONS, ctx=connection.compression_context
        )
        numbers.append(number)
        messages.append(message)
        largest = max(largest, size)
    await connection.send_message(b"".join(messages), largest)
    answers: list[dict[str, Any]] = []
    refusal: PyMongoError | None = None
    for number, command in zip(numbers, commands, strict=True):
        try:
            # As the driver reads what follows an answer: nothing more is sent.
            [answer], _, _ = await _run_command(
                connection, command, database, number, b"",
                client=client, session=session, listeners=connection.listeners,
                topology_id=client._topology_id, codec_options=_OPTIONS, more_to_come=True,
            )  # fmt: skip
            answers.append(answer)
        except (OperationFailure, NotPrimaryError) as error:
            refusal = refusal or error
        except BaseException:
            # What has not been read yet must not be left for whoever is given this connection next.
            await connection.close_conn(None)
            raise
    if refusal is not None:
        raise refusal
    return answers
