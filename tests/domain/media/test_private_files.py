"""Only the app can read photos on disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from instagram_clone import config
from instagram_clone.config import settings
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import storage
from tests.conftest import share


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a store opened on a machine where others may read files by default."""
    before = os.umask(0o022)
    monkeypatch.setattr(storage, "_store", None)
    folder = Path(settings().media_url.removeprefix("file://"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    yield folder
    os.umask(before)


def modes(paths: list[Path]) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in paths}


async def test_nobody_else_on_the_machine_can_read_a_stored_photo(ana: Viewer, photos: Path) -> None:
    before = set(photos.rglob("*"))
    await share(ana)
    created = [path for path in photos.rglob("*") if path not in before]
    assert modes([path for path in created if path.is_file()]) == {0o600}
    assert modes([path for path in created if path.is_dir()]) == {0o700}
    assert modes([photos]) == {0o700}


async def test_photos_can_be_stored_in_a_folder_with_a_non_ascii_name(
    ana: Viewer, tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "Zoë's photos"))
    config.settings.cache_clear()
    try:
        await share(ana)
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()
    folder = tmp_path / "Zoë's photos" / "media"
    assert modes([folder]) == {0o700}
    assert [path for path in folder.rglob("*") if path.is_file()]
    assert [path.name for path in tmp_path.iterdir()] == ["Zoë's photos"]
