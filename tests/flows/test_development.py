"""`reflex run` as developers run it, with two servers: everything works as it does in production."""

from __future__ import annotations

import re
import shutil

from playwright.sync_api import Page, expect

from instagram_clone.domain.people.relations import follows
from tests.conftest import DATA, PASSWORD, file_of, picture
from tests.flows.conftest import Stage, eventually, wait_until_interactive
from tests.server import ROOT, START_SECONDS, Server


def new_page(stage: Stage, server: Server) -> Page:
    """Open a page of the development server, which builds what it needs on the first request."""
    context = stage.chromium.context(server.url)
    stage.contexts.append(context)
    context.set_default_timeout(START_SECONDS * 1000)
    return context.new_page()


def test_the_development_server_has_every_feature(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    # As on the very first run: Vite has nothing cached.
    shutil.rmtree(ROOT / ".web" / "node_modules" / ".vite", ignore_errors=True)
    server = Server(DATA, "flows", development=True)
    try:
        server.start()
        pages = []
        for name in ("ana", "ben"):
            page = new_page(stage, server)
            page.goto("/login", wait_until="networkidle")
            wait_until_interactive(page)
            page.get_by_role("textbox", name="Username or email").fill(name)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
            pages.append(page)
        hers, his = pages
        hers.get_by_role("navigation", name="Primary").get_by_role("button", name="Create").click()
        dialog = hers.get_by_role("dialog", name="Create new post")
        with hers.expect_file_chooser() as chooser:
            dialog.get_by_role("button", name="Select photos").click()
        chooser.value.set_files(file_of(picture(600, 600)).rename(file_of(b"").with_suffix(".jpg")))
        dialog.get_by_role("button", name="Next").click()
        dialog.get_by_role("button", name="Share").click()
        his.get_by_role("button", name="1 new post").click()
        photo = his.get_by_role("img", name="Photo by ana")
        expect(photo).to_be_visible()
        assert photo.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
        his.get_by_role("button", name="Like", exact=True).click()
        expect(hers.get_by_role("button", name="1 like", exact=True)).to_be_visible()
        # Mail goes to a folder, and its link to the console; Vite forwards the link.
        guest = new_page(stage, server)
        guest.goto("/forgot", wait_until="networkidle")
        wait_until_interactive(guest)
        guest.get_by_role("textbox", name="Username or email").fill("ana")
        guest.get_by_role("button", name="Send link").click()
        expect(guest.get_by_role("status").filter(has_text="we have sent a link")).to_be_visible()
        links = lambda: re.findall(r"Choose a new password (http\S+)\n", server.log.read_text())  # noqa: E731
        assert eventually(guest, lambda: bool(links()))
        guest.goto(links()[0])
        expect(guest).to_have_url(f"{server.url}/reset")
        wait_until_interactive(guest)
        guest.get_by_label("New password", exact=True).fill("five lemons on a plate")
        guest.get_by_role("button", name="Change password").click()
        guest.wait_for_url("**/login?password=changed")
        answer = hers.request.get("/login")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    finally:
        server.stop()
