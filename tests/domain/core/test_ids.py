"""An id has exactly one spelling; anything else matches nothing."""

from __future__ import annotations

from typing import Any

import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import NotFound

ID = "0123456789abcdef01234567"


@pytest.mark.parametrize("other", ["", ID[1:], f"{ID}0", ID.upper(), f" {ID[1:]}", "ä" * 24, None, 5])
def test_an_id_in_any_other_spelling_is_not_found(other: Any) -> None:
    assert str(db.oid(ID)) == ID
    with pytest.raises(NotFound):
        db.oid(other)
