"""Addresses as no browser writes them: the responses never reveal which files the server has."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.config import settings
from instagram_clone.domain.core import db
from tests.attacks.conftest import Field
from tests.conftest import DATA, share
from tests.server import PATIENCE_SECONDS

OUT = "../../../../../../../.."


async def status_of(field: Field, path: str, method: str = "GET") -> int:
    """Return the status for a path sent exactly as given; HTTP clients would normalize it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", field.server.port)
    origin = f"Origin: {field.server.url}\r\n"
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{origin}Connection: close\r\n\r\n".encode())
    response = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    return int(response.split()[1])


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT"])
@pytest.mark.parametrize("start", ["/", "/assets/", "/media/", "/api/", "/ping/", "/p/", "/_event/../"])
async def test_existing_and_missing_files_get_the_same_response(
    field: Field, start: str, method: str
) -> None:
    there = [
        await status_of(field, start + OUT + path, method) for path in ("/etc/passwd", str(DATA / "secret"))
    ]
    missing = await status_of(field, start + OUT + "/etc/no-such-file", method)
    assert {*there, missing} == {missing} and 400 <= missing < 500
    encoded = await status_of(field, (start + OUT + "/etc/passwd").replace("..", "%2e%2e"), method)
    assert 400 <= encoded < 500


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        *("/" + "a" * 300, "/assets/" + "a" * 300, "/assets/" + "a/" * 2000, "/assets/a%00b"),
        *(
            "/media/" + "a" * 300 + "/320",
            "/media/%00/320",
            "/media/x/" + "9" * 300,
            "/media/x/" + "9" * 5000,
        ),
        *("/api/media/" + "a" * 300, "/api/" + "a" * 300, "/assets/%ff", "/a/%ed%a0%80"),
    ],
)
async def test_a_path_that_is_too_long_or_invalid_text_is_not_found(
    field: Field, path: str, method: str
) -> None:
    assert await status_of(field, path, method) in (303, 404, 405)


async def test_a_photo_whose_file_is_gone_is_not_found(field: Field) -> None:
    ana = await field.join("ana")
    await share(ana)
    row = await db.media.find_one({})
    assert row is not None
    async with field.http(headers={}) as http:
        assert (await http.get(f"/media/{row['_id']}/320")).status_code == 200
        folder = settings().data_dir / "media" / row["_id"][:2] / row["_id"]
        for file in folder.iterdir():
            file.unlink()
        assert (await http.get(f"/media/{row['_id']}/320")).status_code == 404
