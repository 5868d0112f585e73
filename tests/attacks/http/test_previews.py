"""What shared links reveal to anyone without a session: nothing that is not public."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from instagram_clone.domain.media import avatars, drafts
from instagram_clone.domain.people import preferences, profiles
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import post_cards, posts
from tests.attacks.conftest import Field
from tests.conftest import file_of, picture, share

MARKUP = """<script>alert(1)</script>"><img src=x onerror=alert(1)>'</title></head>"""


@pytest.fixture
async def http(field: Field) -> AsyncIterator[httpx.AsyncClient]:
    async with field.http(headers={}) as client:
        yield client


def metadata(html: str) -> dict[str, str]:
    """Return what a page's head says; every name occurs only once."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"[^>]*>', html)
    found += [
        ("canonical", address)
        for address in re.findall(r'<link rel="canonical" href="([^"]*)"[^>]*>', html)
    ]
    found += [("title", title) for title in re.findall(r"<title>([^<]*)</title>", html)]
    assert len(dict(found)) == len(found), found
    return {name: unescape(value) for name, value in found}


async def test_a_public_post_has_preview_metadata(field: Field, http: httpx.AsyncClient) -> None:
    ana = await field.join("ana.m")
    post_id = await share(ana, "A wall,\nand  a sky " + "far and wide " * 40, alt="A teal wall", width=1400)
    response = await http.get(f"/p/{post_id}")
    head, url = metadata(response.text), field.server.url
    photo = (await post_cards.show(None, post_id)).photo
    assert response.status_code == 200
    assert head["title"] == "ana.m · Instaclone" and head["og:title"] == "Ana.M (@ana.m)"
    assert head["og:description"] == head["description"]
    assert head["description"].startswith("A wall, and a sky far") and len(head["description"]) <= 200
    assert head["og:url"] == head["canonical"] == f"{url}/p/{post_id}"
    assert (head["og:type"], head["twitter:card"]) == ("article", "summary_large_image")
    assert head["og:image"].startswith(f"{url}/media/{photo.id}/") and head["og:image:alt"] == "A teal wall"
    image = await http.get(head["og:image"])
    assert image.status_code == 200 and image.headers["content-type"] == head["og:image:type"]
    [preload] = re.findall(r'<link rel="preload" as="image"[^>]*>', response.text)
    assert f"/media/{photo.id}/320 320w" in preload
    again = await http.get(f"/p/{post_id}", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


async def test_a_public_profile_has_preview_metadata(field: Field, http: httpx.AsyncClient) -> None:
    ana, ben = await field.join("ana.m"), await field.join("ben")
    await follows.follow(ben, ana.id)
    await profiles.edit_profile(ana, "Ana", "ana.m", "Walls\nand skies", "")
    head, url = metadata((await http.get("/ANA.m")).text), field.server.url
    assert head["title"] == "ana.m · Instaclone" and head["og:title"] == "Ana (@ana.m)"
    assert head["og:description"] == "0 posts, 1 follower. Walls and skies"
    assert head["og:url"] == head["canonical"] == f"{url}/ana.m" and head["og:type"] == "profile"
    assert (await http.get(head["og:image"])).status_code == 200
    await avatars.set_avatar(ana, (await drafts.store(ana, file_of(picture(400, 400)))).id)
    head = metadata((await http.get("/ana.m")).text)
    assert "/media/" in head["og:image"] and (await http.get(head["og:image"])).status_code == 200


async def test_hidden_pages_look_like_missing_ones(field: Field, http: httpx.AsyncClient) -> None:
    ana, cleo = await field.join("ana"), await field.join("cleo")
    hers, gone, there = [await share(one) for one in (cleo, ana, ana)]
    await preferences.set_private(cleo, True)
    for path in ("/ana", f"/p/{there}", f"/p/{gone}"):
        assert (await http.get(path)).status_code == 200
    await posts.delete(ana, gone)
    missing = await http.get("/nobody.at.all")
    assert missing.status_code == 404
    assert metadata(missing.text) == {"title": "Page not found · Instaclone", "robots": "noindex"}
    for path in (
        f"/p/{hers}",
        f"/p/{gone}",
        "/cleo",
        "/CLEO",
        "/p/" + "0" * 24,
        "/p/x",
        "/a/b/c",
        "/" + "x" * 300,
    ):
        response = await http.get(path)
        assert (response.status_code, response.text) == (404, missing.text), path
        for header, value in missing.headers.items():
            assert header == "date" or response.headers[header] == value, (path, header)


async def test_pages_for_members_have_no_content_in_their_metadata(
    field: Field, http: httpx.AsyncClient
) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana, "Of ana")
    await preferences.set_private(ana, True)
    for path in ("/ana", f"/p/{post_id}"):
        mine = await http.get(path, headers={"Cookie": await field.cookie(ana)})
        assert mine.status_code == 200 and metadata(mine.text) == {"title": "Instaclone"}
    await blocks.block(ana, ben.id)
    for path in ("/ana", f"/p/{post_id}"):
        response = await http.get(path, headers={"Cookie": await field.cookie(ben)})
        assert (response.status_code, response.text) == (404, (await http.get("/nobody")).text)


async def test_markup_written_by_people_is_escaped(field: Field, http: httpx.AsyncClient) -> None:
    ana = await field.join("ana")
    await profiles.edit_profile(ana, MARKUP[:30], "ana", MARKUP, "")
    post_id = await share(ana, MARKUP, alt=MARKUP)
    plain = (await http.get("/nobody")).text
    for path, photos in (("/ana", 1), (f"/p/{post_id}", 0)):
        html = (await http.get(path)).text
        assert metadata(html)["og:title"].startswith("<script>alert(1)</script>")
        assert MARKUP in metadata(html)["description"]
        for tag in ("<script", "</head>", "</title>", "</body>"):
            assert html.count(tag) == plain.count(tag), (path, tag)
        assert html.count("<img") == photos and "<img src=x" not in html


async def test_visitors_are_sent_a_readable_public_page(field: Field, http: httpx.AsyncClient) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await follows.follow(ben, ana.id)
    await profiles.edit_profile(ana, "Ana", "ana", "Walls & skies", "https://ana.example/?a&b")
    ids = [await share(ana, f"Wall {number}") for number in range(11)]
    html = (await http.get("/ana")).text
    page = html.partition('<div id="sent-page"')[2].partition("</main>")[0]
    assert re.findall(r'href="/p/(\w+)"', page) == ids[::-1][:9]
    for words in (
        "Walls &amp; skies",
        ">11</b> posts",
        ">1</b> follower<",
        'href="https://ana.example/?a&amp;b"',
    ):
        assert words in page
    first = (await post_cards.show(None, ids[-1])).photo.id
    [preload] = re.findall(r'<link rel="preload" as="image"[^>]*>', html)
    assert f"/media/{first}/" in preload
    links = re.findall(r"<link[^>]*modulepreload[^>]*>", html)
    assert len(links) > 5 and all('fetchpriority="low"' in link for link in links)
    over = await http.get(f"/ana?p={ids[0]}")
    assert 'id="sent-page"' not in over.text and metadata(over.text) == metadata(html)
    bens_view = await http.get("/ana", headers={"Cookie": await field.cookie(ben)})
    assert 'id="sent-page"' in html and 'id="sent-page"' not in bens_view.text
