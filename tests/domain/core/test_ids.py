"""An id has exactly one spelling; anything else matches nothing."""

from __future__ import annotations

from typing import Any

import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound

ONE = "0123456789abcdef01234567"


@pytest.mark.parametrize("other", ["", ONE[1:], f"{ONE}0", ONE.upper(), f" {ONE[1:]}", "ä" * 24, None, 5])
def test_an_id_that_is_spelled_otherwise_is_nobodys(other: Any) -> None:
    assert str(db.oid(ONE)) == ONE
    with pytest.raises(NotFound):
        db.oid(other)
