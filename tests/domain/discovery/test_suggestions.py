"""Whom one might follow, without whom one has had taken away."""

from __future__ import annotations

import pytest
from bson import ObjectId

from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import suggestions

pytestmark = pytest.mark.anyio


async def test_who_was_dismissed_is_not_suggested_to_that_person_again(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    assert {one.username for one in await suggestions.people(ana)} == {"ben", "cleo"}
    for _ in range(2):
        await suggestions.dismiss(ana, ben.id)
    assert [one.username for one in await suggestions.people(ana)] == ["cleo"]
    assert {one.username for one in await suggestions.people(cleo)} == {"ana", "ben"}
    for nobody in (str(ObjectId()), "nobody"):
        with pytest.raises(NotFound):
            await suggestions.dismiss(ana, nobody)
