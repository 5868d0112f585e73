"""Repair covers everything that can repair itself."""

from __future__ import annotations

import importlib

from bson import ObjectId

from instagram_clone.domain import repair
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.posts import saves
from tests.architecture.source import PACKAGE, modules
from tests.conftest import share


def test_every_module_that_can_repair_its_rows_is_asked_to() -> None:
    paths = [path for path in modules("domain") if "\nasync def repair()" in path.read_text()]
    dotted = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths]
    assert {importlib.import_module(name) for name in dotted} == {*repair._PARTS, *repair._INDEXES}


async def test_saves_of_deleted_posts_are_repaired(ana: Viewer) -> None:
    post_id = await share(ana)
    await saves.save(ana, post_id)
    # Other tests share the folder of photos, and leave some.
    await repair.everything()
    await db.saves.update_one({}, {"$set": {"post": ObjectId()}})
    assert await repair.everything() == {"saves of deleted posts": 1}
    assert await repair.everything() == {}
