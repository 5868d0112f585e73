"""Which functions of the domain send which command to which collection: in its source, and when it runs."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pymongo.monitoring import CommandStartedEvent

from instagram_clone.domain.core import db
from tests.architecture.source import PACKAGE
from tests.domain.conftest import Commands

DOMAIN = PACKAGE / "domain"
FULL_SCANS = {"dead_letters.failed", "dead_letters.retry", "transactions.has_pending"}
FULL_SCANS |= {"alerts.remove_orphans", "follow_requests.remove_orphans", "captions.all_posts"}
FULL_SCANS |= {"media.settle_pending", "messages._is_shown", "posts._is_shown"}
FULL_SCANS |= {"accounts.remove_old_markers", "conversations.rename_blocks", "notifications.number_all"}
FULL_SCANS |= {"credentials.rewrite_email_keys"}
"""Used only by migrations, repair and the operator's commands, which need no index."""

UPDATES_BY_ID = {"leases.LeaseRenewer._renew", "worker._record_failure"}
"""These update a row by its id, when something takes long or fails."""

GENERIC_FILES = {"migrations.py", "schema.py", "db.py", "last_writes.py"}
"""These send what other functions ask for, or what every start of the app does."""

ANY = ""
COMMANDS = {
    "aggregate": "aggregate",
    "bulk_write": "update",
    "count_documents": "aggregate",
    "delete_many": "delete",
    "delete_one": "delete",
    "distinct": "distinct",
    "find": "find",
    "find_one": "find",
    "find_one_and_delete": "findAndModify",
    "find_one_and_update": "findAndModify",
    "insert_many": "insert",
    "insert_one": "insert",
    "replace_one": "update",
    "update_many": "update",
    "update_one": "update",
}
"""The driver's methods, and the commands that they send."""


class Operation(NamedTuple):
    """A function that sends a command to a collection; ANY where the source does not say which command."""

    function: str
    collection: str
    command: str


class Operations(Commands):
    """Every command, and the function of the domain that has sent it."""

    def __init__(self) -> None:
        super().__init__()
        self._querying = {one.function for one in operations()}
        self.senders: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        before = len(self.sent)
        super().started(event)
        if len(self.sent) > before:
            callers = list(_callers())
            querying = [one for one in callers if one in self._querying]
            self.senders.append(next(iter(querying or callers), ""))

    def clear(self) -> None:
        """Forget what has been sent so far."""
        self.sent.clear()
        self.senders.clear()

    def missing(self) -> set[Operation]:
        """Return what the domain can send, but has not."""
        seen = set()
        for sender, (name, command) in zip(self.senders, self.sent, strict=True):
            collection = str(command[name])
            seen |= {Operation(sender, collection, name), Operation(sender, collection, ANY)}
        return {
            one
            for one in operations() - seen
            if one.function not in FULL_SCANS | UPDATES_BY_ID and not one.function.endswith(".repair")
        }


def _callers() -> Iterator[str]:
    """Yield the functions of the domain on the stack, innermost first."""
    frame = inspect.currentframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if DOMAIN in path.parents:
            yield f"{path.stem}.{frame.f_code.co_qualname}"
            if path.name == "db.py":
                # Its own query, on behalf of its callers.
                return
        frame = frame.f_back


def operations() -> set[Operation]:
    """Return every operation in the source of the domain."""
    return {
        one
        for path in DOMAIN.rglob("*.py")
        if path.name not in GENERIC_FILES
        for one in _operations_in(ast.parse(path.read_text()), f"{path.stem}.", "")
    }


def _operations_in(node: ast.AST, prefix: str, function: str) -> Iterator[Operation]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _operations_in(child, f"{prefix}{child.name}.<locals>.", prefix + child.name)
        elif isinstance(child, ast.ClassDef):
            yield from _operations_in(child, f"{prefix}{child.name}.", function)
        elif isinstance(child, ast.Attribute) and (collection := _collection(child.value)):
            yield Operation(function, collection, COMMANDS.get(child.attr, ANY))
        elif collection := _collection(child):
            yield Operation(function, collection, ANY)
        else:
            yield from _operations_in(child, prefix, function)


def _collection(node: ast.AST) -> str:
    """Return which collection an expression like `db.users` is; "" if it is none."""
    if not isinstance(node, ast.Attribute) or ast.unparse(node.value) != "db":
        return ""
    return node.attr if node.attr in db.collections() else ""
