"""Tests of unwritten contracts report what has changed, and what is at stake, however they fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract import ContractBroken, relied_on


class Part:
    """A part of an adapter."""


REPORT = r"pytest .* has changed: it is stable\. At stake: everything\. Adapt .*\.Part\. \({name}: "

covers_part = relied_on("pytest", Part, "it is stable", "everything")


def assertion() -> None:
    raise AssertionError("no")


def other_error() -> None:
    raise KeyError("no")


def nothing_raised() -> None:
    with pytest.raises(RuntimeError):
        pass


@pytest.mark.parametrize(
    ("broken", "name"),
    [(assertion, "AssertionError"), (other_error, "KeyError"), (nothing_raised, "Failed")],
)
async def test_every_failure_names_the_contract(broken: Callable[[], None], name: str) -> None:
    async def later() -> None:
        broken()

    with pytest.raises(ContractBroken, match=REPORT.format(name=name)):
        covers_part(broken)()
    with pytest.raises(ContractBroken, match=REPORT.format(name=name)):
        await covers_part(later)()


def test_a_skipped_test_is_skipped() -> None:
    with pytest.raises(pytest.skip.Exception):
        covers_part(lambda: pytest.skip("not here"))()
