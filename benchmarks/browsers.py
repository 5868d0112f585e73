"""From a click in one browser to the changed number in another: `python -m benchmarks.browsers`.

Builds and serves the app, opens the same post as two people in two Chromium profiles, likes and
unlikes it, and prints the median. Both browsers share this machine's clock.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from anyio.from_thread import start_blocking_portal
from playwright.sync_api import Browser, Page, sync_playwright

import benchmarks.apart as apart
from instagram_clone.domain import accounts, db, media, posts, sessions
from instagram_clone.domain.viewer import Viewer
from instagram_clone.web import cookies
from tests.browser import FLAGS, executable
from tests.server import Server, running

ROUNDS = 60
WATCH = """() => { const box = document.querySelector('.ic-likes'); window.seen = [];
  new MutationObserver(() => window.seen.push(performance.timeOrigin + performance.now()))
    .observe(box, { childList: true, subtree: true, characterData: true }); }"""
CLICK = """() => { const at = performance.timeOrigin + performance.now();
  document.querySelector('[data-like]').click(); return at; }"""


async def arrange(uri: str) -> tuple[str, list[str]]:
    """Make three people and a post of the first; return its id and a session token of each."""
    await db.connect(uri, "bench")
    tokens = []
    post_id = ""
    for name in ("ana", "ben", "cleo"):
        user_id = await accounts.sign_up(f"{name}@example.com", name, name, "four oranges in a bowl", name)
        tokens.append(await sessions.start(user_id, "bench"))
        if name == "ana":
            viewer = Viewer(user_id, name, "")
            picture = Path(posts.__file__).parent.parent / "seed_pictures" / "mist.webp"
            post_id = await posts.publish(viewer, (await media.store(viewer, picture)).id)
    await db.close()
    return post_id, tokens


def open_post(browser: Browser, server: Server, token: str, post_id: str) -> Page:
    """Open the post in a profile of its own."""
    context = browser.new_context(base_url=server.url)
    context.add_cookies([{"name": cookies.NAME, "value": token, "url": server.url}])
    page = context.new_page()
    page.goto(f"/p/{post_id}")
    page.locator(".ic-likes").wait_for()
    return page


def main() -> None:
    """Measure and print."""
    uri = apart.database()
    with start_blocking_portal() as portal:
        post_id, tokens = portal.call(arrange, uri)
    with running(apart.DATA, "bench") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(playwright), args=FLAGS)
        acting, watching = (open_post(browser, server, token, post_id) for token in tokens[:2])
        watching.evaluate(WATCH)
        took = []
        for number in range(ROUNDS):
            clicked = acting.evaluate(CLICK)
            watching.wait_for_function(f"() => window.seen.length > {number}")
            took.append(watching.evaluate(f"() => window.seen[{number}]") - clicked)
        browser.close()
    took.sort()
    print(f"From the click in one browser to the number in the other, {ROUNDS} likes and unlikes:")
    p90 = took[int(ROUNDS * 0.9)]
    print(f"  median {statistics.median(took):.1f} ms, p90 {p90:.1f} ms, longest {took[-1]:.1f} ms")


if __name__ == "__main__":
    main()
