"""What is shown about files and their uploads before the server has seen them."""

from __future__ import annotations

from typing import Any

from instagram_clone.domain.media.cleaning import MAX_BYTES as SERVER_MAX_BYTES
from instagram_clone.web.browser.forms.uploads import MAX_BYTES, file_size, lost_message, refusal
from tests.web.node_runner import call, run


def file(name: str, kind: str, size: int = 5_000_000) -> dict[str, Any]:
    return {"name": name, "type": kind, "size": size}


def test_only_files_that_cannot_be_photos_are_refused_without_uploading() -> None:
    accepted = [
        file("a.jpg", "image/jpeg"),
        file("IMG_1.HEIC", ""),
        file("a.jpeg.png", "image/png", MAX_BYTES),
        file("wall", "image/avif"),
    ]
    assert run(refusal, [[photo] for photo in accepted]) == [""] * len(accepted)
    refused = {
        "larger than 30 MB": file("a.jpg", "image/jpeg", MAX_BYTES + 1),
        "empty": file("a.jpg", "image/jpeg", 0),
        "TIFF is not supported": file("a.b.tiff", "image/tiff"),
        "This kind of file is not supported": file("film", "video/mp4"),
        "JPG is not supported": file("film.jpg", "video/mp4"),
    }
    for why, bad in refused.items():
        assert why in call(refusal, bad)
    assert MAX_BYTES == SERVER_MAX_BYTES


def test_sizes_and_progress_are_worded() -> None:
    assert call(file_size, 30 * 1024 * 1024) == "30.0 MB"
    assert call(file_size, 1_234_567) == "1.2 MB"
    assert call(file_size, 29_192) == "29 KB"
    assert call(file_size, 0) == "0 KB"
    assert call(lost_message, 0.456) == "Connection lost at 46%. Try again."
    assert call(lost_message, 0) == "Connection lost at 0%. Try again."
