"""The HTTP routes, requested by people who may not, and with malformed bodies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from instagram_clone.config import settings
from instagram_clone.domain.core import db
from instagram_clone.domain.media import cleaning, drafts, media
from instagram_clone.domain.messaging import conversations
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.web.http.media import MAX_CONCURRENT
from tests.attacks.conftest import Field
from tests.conftest import DATA, PASSWORD, picture, share
from tests.domain.media.test_imaging import bomb
from tests.server import PATIENCE_SECONDS


@pytest.fixture
async def http(field: Field) -> AsyncIterator[httpx.AsyncClient]:
    async with field.http() as client:
        yield client


async def signed_in(field: Field, http: httpx.AsyncClient, username: str = "ana"):
    viewer = await field.join(username)
    name, _, value = (await field.cookie(viewer)).partition("=")
    http.cookies.set(name, value)
    return viewer


async def test_scripts_cannot_read_the_session_cookie(field: Field, http: httpx.AsyncClient) -> None:
    await field.join("ana")
    response = await http.post(
        "/api/login", json={"login": "ana", "password": PASSWORD, "next": "/explore"}
    )
    assert response.json() == {"next": "/explore"}
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Secure" not in cookie  # the tests are served over http


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\n/evil",
        "x",
        "",
    ],
)
async def test_log_in_redirects_only_within_the_site(
    field: Field, http: httpx.AsyncClient, target: str
) -> None:
    await field.join("ana")
    response = await http.post("/api/login", json={"login": "ana", "password": PASSWORD, "next": target})
    assert response.json() == {"next": "/"}


async def test_a_refused_log_in_reveals_nothing_about_the_account(
    field: Field, http: httpx.AsyncClient
) -> None:
    await field.join("ana")
    responses = [
        await http.post("/api/login", json={"login": login, "password": "wrong password"})
        for login in ("ana", "nobody", "ana@example.com", "nobody@example.com")
    ]
    assert {(response.status_code, response.text) for response in responses} == {
        (422, '{"alert":"That username and password do not match."}')
    }
    assert all("set-cookie" not in response.headers for response in responses)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"login": {"$ne": null}, "password": {"$ne": null}}', b"\xff" * 50,
     b"[" * 10_000, b"x" * 50_000, b'{"login": "ana", "password": null}'],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/login", "/api/signup"])
async def test_junk_gets_a_sentence(field: Field, http: httpx.AsyncClient, path: str, body: bytes) -> None:
    await field.join("ana")
    response = await http.post(path, content=body)
    assert response.status_code == 422
    reply = response.json()
    sentence = reply.get("alert") or next(iter(reply["errors"].values()))
    assert sentence.endswith(".") and "Traceback" not in response.text


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://localhost", "http://localhost:1"]
)
@pytest.mark.parametrize("path", ["/api/login", "/api/signup", "/api/logout", "/api/media"])
async def test_posts_from_foreign_pages_are_refused(
    field: Field, http: httpx.AsyncClient, path: str, origin: str
) -> None:
    await signed_in(field, http)
    headers = {"Origin": origin}
    if not origin:
        del http.headers["Origin"]
        headers = {}
    response = await http.post(path, content=picture(), headers=headers)
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers
    assert await db.sessions.count_documents({}) == 1


async def test_a_plain_form_is_redirected_or_gets_an_error_page(
    field: Field, http: httpx.AsyncClient
) -> None:
    await field.join("ana")
    form = {"login": "ana", "password": "<b>wrong</b>", "next": "/explore?x=1"}
    page = {"accept": "text/html"}
    response = await http.post("/api/login", data=form, headers=page)
    assert response.status_code == 422 and "do not match" in response.text
    assert 'href="/login?next=%2Fexplore%3Fx%3D1"' in response.text
    assert "wrong" not in response.text and response.headers["cache-control"] == "no-store"
    response = await http.post("/api/login", data={**form, "password": PASSWORD}, headers=page)
    assert response.status_code == 303 and response.headers["location"] == "/explore?x=1"
    assert "HttpOnly" in response.headers["set-cookie"]
    new = {"email": "a@b.co", "name": "A", "username": "<b>x</b>", "password": PASSWORD}
    response = await http.post("/api/signup", data=new, headers=page)
    assert response.status_code == 422 and "<b>" not in response.text
    response = await http.post("/api/login", data={**form, "password": PASSWORD})
    assert response.json() == {"next": "/explore?x=1"}


async def test_signing_up_twice_gets_the_field_error(field: Field, http: httpx.AsyncClient) -> None:
    form = {"email": "a@b.co", "name": "A", "username": "Ana.M", "password": PASSWORD}
    assert (await http.post("/api/signup", json=form)).status_code == 200
    again = await http.post("/api/signup", json={**form, "email": "c@d.co", "username": "ana.m"})
    assert again.status_code == 422 and "is taken" in again.json()["errors"]["username"]


def files() -> set[Path]:
    places = [DATA / folder for folder in ("media", "uploads")]
    return {path for place in places for path in place.rglob("[!.]*") if path.is_file()}


async def files_left(before: set[Path]) -> set[Path]:
    """Return the new files, once those being deleted are gone."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while files() - before:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    return files() - before


HOSTILE = {
    "nothing": b"",
    "a script": b"#!/bin/sh\necho hi",
    "a page": b"<html><script>alert(1)</script>",
    "an svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a bomb": bomb(),
    "half a photo": picture(800, 800)[:2000],
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_upload_is_refused_in_words_and_leaves_nothing(
    field: Field, http: httpx.AsyncClient, name: str
) -> None:
    await signed_in(field, http)
    before = files()
    response = await http.post("/api/media", content=HOSTILE[name])
    assert response.status_code == 422 and response.json()["error"].endswith(".")
    assert await files_left(before) == set() and await db.media.count_documents({}) == 0


async def test_an_upload_over_the_limit_is_cut_off(field: Field, http: httpx.AsyncClient) -> None:
    await signed_in(field, http)
    before = files()
    declared = await http.post("/api/media", content=b"x" * (cleaning.MAX_BYTES + 1))
    assert declared.status_code == 422 and "30 MB" in declared.json()["error"]

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024 * 1024

    try:
        streamed = await http.post("/api/media", content=endless())
        assert streamed.status_code == 422
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        pass  # closing the connection midway is a valid response too
    assert await files_left(before) == set()


async def test_simultaneous_uploads_beyond_the_limit_wait(field: Field, http: httpx.AsyncClient) -> None:
    await signed_in(field, http)
    started = [asyncio.Event() for _ in range(3 * MAX_CONCURRENT + 1)]

    async def slow(begins: asyncio.Event) -> AsyncIterator[bytes]:
        yield (photo := picture(400, 400))[:100]
        begins.set()
        for one in started:
            await one.wait()
        yield photo[100:]

    responses = await asyncio.gather(*(http.post("/api/media", content=slow(one)) for one in started))
    assert [one.status_code for one in responses] == [200] * len(started)


async def test_uploads_need_a_session(field: Field, http: httpx.AsyncClient) -> None:
    before = files()
    response = await http.post("/api/media", content=picture())
    assert response.status_code == 401 and await files_left(before) == set()


async def test_a_photo_is_shown_to_those_who_may_see_it(field: Field, http: httpx.AsyncClient) -> None:
    viewer = await signed_in(field, http)
    draft = (await http.post("/api/media", content=picture(400, 400))).json()
    assert (await http.get(draft["preview"])).status_code == 200
    assert (await http.get(draft["preview"])).headers["cache-control"] == "private, no-store"
    http.cookies.clear()
    assert (await http.get(draft["preview"])).status_code == 404
    await signed_in(field, http, "ben")
    assert (await http.get(draft["preview"])).status_code == 404
    assert (await http.delete(f"/api/media/{draft['id']}")).status_code == 404
    assert await media.access_file(viewer, draft["id"], drafts.PREVIEW)


@pytest.mark.parametrize(
    "path", ["x/320", "../secret/1", "%2e%2e%2fsecret/1", "x/0", "x/-1", "x/99999999999999999999"]
)
async def test_invalid_media_paths_are_not_found(field: Field, http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(f"/media/{path}")
    assert response.status_code == 404
    assert (DATA / "secret").read_text() not in response.text


@pytest.mark.parametrize("path", ["/_upload", "/_all_routes"])
async def test_reflexs_own_endpoints_are_closed(field: Field, http: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        headers = {"Reflex-Client-Token": "x", "Reflex-Event-Handler": "x"}
        assert (await http.request(method, path, headers=headers)).status_code == 404


async def test_pages_are_sent_with_their_content_security_policy(
    field: Field, http: httpx.AsyncClient
) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    for path in ("/login", "/signup", "/ana", f"/p/{post_id}", "/nobody"):
        response = await http.get(path)
        policy = response.headers["content-security-policy"]
        script = next(part for part in policy.split(";") if "script-src" in part)
        assert "unsafe" not in script and "sha256-" in script
        assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert response.headers["cache-control"] == "no-cache"
        again = await http.get(path, headers={"If-None-Match": response.headers["etag"]})
        assert again.headers["content-security-policy"] == policy


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", 303, "/login"),
        ("/explore", 303, "/login?next=%2Fexplore"),
        ("/settings/security?x=1", 303, "/login?next=%2Fsettings%2Fsecurity%3Fx%3D1"),
        ("/ana/followers", 303, "/login?next=%2Fana%2Ffollowers"),
        ("/login", 200, None),
        ("/signup", 200, None),
        ("/ana.m", 200, None),
        ("/ANA.M", 200, None),
        ("/nobody", 404, None),
        ("/p/x", 404, None),
        ("/p/" + "0" * 24, 404, None),
        ("/messages", 303, "/login?next=%2Fmessages"),
        ("/a/b/c/d", 404, None),
    ],
)
async def test_visitors_are_redirected_to_the_right_page(
    field: Field, http: httpx.AsyncClient, path: str, status: int, location: str | None
) -> None:
    await field.join("ana.m")
    response = await http.get(path)
    assert (response.status_code, response.headers.get("location")) == (status, location)


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 300,
        "/" + "a" * 5000,
        "/p/" + "a" * 300,
        "/a%00b",
        "/%ff%fe",
        "/p/%2e%2e%2f%2e%2e%2fsecret",
    ],
)
async def test_an_unknown_path_shows_the_missing_page(
    field: Field, http: httpx.AsyncClient, path: str
) -> None:
    missing = await http.get("/nobody")
    response = await http.get(path)
    assert (response.status_code, response.text) == (404, missing.text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_conversation_is_the_missing_page_to_non_members(
    field: Field, http: httpx.AsyncClient
) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    chat = await conversations.start(ana, [ben.id])
    for viewer, status in ((ana, 200), (ben, 200), (cleo, 404)):
        headers = {"Cookie": await field.cookie(viewer)}
        assert (await http.get(f"/messages/{chat}", headers=headers)).status_code == status, viewer


async def test_a_signed_in_person_is_redirected_from_the_log_in_page(
    field: Field, http: httpx.AsyncClient
) -> None:
    await signed_in(field, http)
    response = await http.get("/login")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (await http.get("/")).status_code == 200
    for wanted, path in (
        ("/messages%3Fa=1", "/messages?a=1"),
        ("//evil.example", "/"),
        ("https://x.y", "/"),
    ):
        assert (await http.get(f"/login?next={wanted}")).headers["location"] == path


async def test_only_ones_own_saved_posts_have_a_page(field: Field, http: httpx.AsyncClient) -> None:
    viewer = await signed_in(field, http)
    assert (await http.get(f"/{viewer.username.upper()}/saved")).status_code == 200
    for other in ("ben", "nobody"):
        assert (await http.get(f"/{other}/saved")).status_code == 404


async def test_a_forged_cookie_is_rejected(field: Field, http: httpx.AsyncClient) -> None:
    for value in ("x", "a.b.c", "x" * 8000, '"', "é".encode().hex()):
        http.cookies.clear()
        http.cookies.set("instaclone_session", value)
        assert (await http.get("/")).status_code == 303


async def test_a_session_is_renewed_by_use(field: Field, http: httpx.AsyncClient) -> None:
    viewer = await signed_in(field, http)
    assert "set-cookie" not in (await http.get("/")).headers
    row = await db.sessions.find_one({"user": viewer.oid})
    assert row is not None
    old = datetime.now(UTC) - timedelta(days=2)
    claims = {"sid": row["_id"], "iat": old, "exp": old + sessions.LIFETIME}
    for path in ("/", "/explore", "/ana"):
        http.cookies.clear()
        http.cookies.set("instaclone_session", jwt.encode(claims, settings().jwt_secret, "HS256"))
        response = await http.get(path)
        renewed = response.headers["set-cookie"]
        assert "HttpOnly" in renewed and f"Max-Age={30 * 24 * 3600}" in renewed
        assert response.headers["cache-control"] == "private, no-store", (
            "shared caches must not store a renewed cookie"
        )


async def test_the_log_holds_no_secrets(field: Field, http: httpx.AsyncClient) -> None:
    viewer = await signed_in(field, http)
    cookie = http.cookies["instaclone_session"]
    await http.post("/api/login", json={"login": "ana", "password": "hunter2-hunter2"})
    tab = await field.tab(viewer, cookie=f"instaclone_session={cookie}")
    await tab.call("no.such.event", {"x": 1})
    await tab.raw(["client_error", {"message": cookie}])
    await tab.until(lambda: "[token]" in field.server.log.read_text())
    await tab.settle()
    said = field.server.log.read_text()
    assert "hunter2" not in said
    assert cookie not in said
    assert PASSWORD not in said
