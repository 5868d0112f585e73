"""The posts in the HTML of home: only those the viewer may see, and nothing in them but text."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import post_cards
from tests.attacks.conftest import Field
from tests.conftest import share
from tests.server import PATIENCE_SECONDS


async def home(field: Field, viewer: Viewer, *, is_empty: bool = False) -> httpx.Response:
    """Request home, again if it comes without posts because the database was slow, unless `is_empty`."""
    headers = {"Cookie": await field.cookie(viewer)}
    async with field.http(headers=headers) as client, asyncio.timeout(PATIENCE_SECONDS):
        while True:
            response = await client.get("/")
            if is_empty or "<article" in response.text:
                return response


async def test_home_is_sent_with_its_first_posts_and_not_cached(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben.b")
    await follows.follow(ana, ben.id)
    for caption in ("An old wall", "A wall", "A lamp"):
        post_id = await share(ben, caption, width=700)
    response = await home(field, ana)
    html = response.text
    assert html.count("<article") == 2
    assert "Post by ben.b" in html and "A lamp" in html and "A wall" in html and "An old wall" not in html
    photo = (await post_cards.show(ana, post_id)).photo.id
    [preload] = re.findall(r'<link rel="preload" as="image"[^>]*>', html)
    assert f"/media/{photo}/320 320w" in preload and 'fetchpriority="high"' in preload
    assert 0 < html.index(preload) < html.index("modulepreload")
    scripts = re.findall(r'<link rel="modulepreload" href="([^"]*)"', html)
    async with field.http(headers={}) as client:
        sizes = [len((await client.get(one)).content) for one in scripts]
    assert len(sizes) > 5 and sizes == sorted(sizes)
    assert response.headers["cache-control"] == "private, no-store"
    assert "etag" not in response.headers and response.headers["content-encoding"] == "gzip"


async def test_home_is_sent_without_hidden_posts(field: Field) -> None:
    ana, ben, cleo, dora = [await field.join(name) for name in ("ana", "ben", "cleo", "dora")]
    for other, caption in ((ben, "of ben"), (cleo, "of cleo"), (dora, "of dora")):
        await follows.follow(ana, other.id)
        await share(other, caption)
    html = (await home(field, ana)).text
    assert "of dora" in html and "of cleo" in html
    await blocks.block(dora, ana.id)
    await preferences.set_private(cleo, True)
    await follows.remove_follower(cleo, ana.id)
    html = (await home(field, ana)).text
    assert "of ben" in html and "Post by ben" in html
    assert "cleo" not in html and "dora" not in html
    assert "<article" not in (await home(field, await field.join("eve"), is_empty=True)).text


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&lt;b&gt; </article></body>"


@pytest.mark.parametrize("where", ["caption", "alt"])
async def test_markup_written_by_people_is_escaped(field: Field, where: str) -> None:
    ana = await field.join("ana")
    await share(ana, **{where: MARKUP})
    html = (await home(field, ana)).text
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&gt;&amp;lt;b"
        in html
    )
    assert "<script>alert" not in html and "<img src=x" not in html
    assert html.count("</article>") == 1 and html.count("</body>") == 1


async def test_links_in_a_caption_have_the_right_targets(field: Field) -> None:
    ana = await field.join("ana")
    await share(ana, 'See https://example.com/?a="b&c=<d javascript:alert(1) @ben.b')
    html = (await home(field, ana)).text
    links = re.findall(r'<a href="([^"]*)" class="ic-link"', html)
    assert links == ["https://example.com/?a=", "/ben.b"]
