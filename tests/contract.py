"""Unwritten contracts: undocumented behaviour that the app relies on, and what is at stake."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])

_covered: dict[str, set[str]] = {}


class ContractBroken(AssertionError):
    """The installed version behaves differently."""


def relied_on(package: str, part: Any, what: str, at_stake: str) -> Callable[[Test], Test]:
    """Mark a test of what a part of an adapter relies on in a package, and what would stop working without
    it.
    """

    def mark(test: Test) -> Test:
        _covered.setdefault(part.__module__, set()).add(part.__qualname__.partition(".")[0])

        def contract_broken(error: BaseException) -> ContractBroken:
            return ContractBroken(
                f"{package} {version(package)} has changed: {what}. At stake: {at_stake}. "
                f"Adapt {part.__module__}.{part.__qualname__}. ({type(error).__name__}: {error})"
            )

        if inspect.iscoroutinefunction(test):

            @functools.wraps(test)
            async def run_later(*args: Any, **more: Any) -> None:
                try:
                    await test(*args, **more)
                except (Exception, pytest.fail.Exception) as error:
                    raise contract_broken(error) from error

            return run_later  # pyright: ignore[reportReturnType]

        @functools.wraps(test)
        def run(*args: Any, **more: Any) -> None:
            try:
                test(*args, **more)
            except (Exception, pytest.fail.Exception) as error:
                raise contract_broken(error) from error

        return run  # pyright: ignore[reportReturnType]

    return mark


def untested(adapter: ModuleType) -> set[str]:
    """Return the functions and classes of an adapter for which no test states what they rely on."""
    own = {
        name
        for name, part in vars(adapter).items()
        if name[0] != "_"
        and (inspect.isfunction(part) or inspect.isclass(part))
        and part.__module__ == adapter.__name__
    }
    return own - _covered.get(adapter.__name__, set())
