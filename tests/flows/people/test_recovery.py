"""Account recovery: a changed password, a forgotten one, and another email address, as people do it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import recovery
from tests.conftest import DATA, PASSWORD
from tests.flows.conftest import Stage, wait_until_interactive
from tests.mailbox import Mailbox, link
from tests.server import running

NEW = "five lemons on a plate"


@pytest.fixture
def box(post_office: Mailbox) -> Mailbox:
    """The app's mail, from now on."""
    post_office.mails.clear()
    return post_office


def visit(page: Page, address: str) -> None:
    """Open a page, and wait until its scripts handle its forms."""
    page.goto(address)
    wait_until_interactive(page)


def log_in(page: Page, password: str, *, scripts: bool = True) -> None:
    if scripts:
        wait_until_interactive(page)
    page.get_by_role("textbox", name="Username or email").fill("ana")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in").click()


def gaps(note: Locator) -> list[float]:
    """Return the space to the left and right of a message's content, in pixels."""
    return note.evaluate(
        """text => {
            const toast = text.parentElement, words = document.createRange();
            words.selectNodeContents(text);
            const [whole, own] = [toast, words].map(one => one.getBoundingClientRect());
            const sign = toast.firstElementChild.getBoundingClientRect();
            return [sign.left - whole.left, whole.right - own.right].map(Math.round);
        }"""
    )


async def confirm(viewer: Viewer) -> None:
    await db.users.update_one({"_id": viewer.oid}, {"$set": {"email_confirmed": True}})


def test_a_password_is_changed_and_other_devices_are_logged_out(stage: Stage, box: Mailbox) -> None:
    ana = stage.join("ana")
    other_device = stage.open_tab(ana, "/explore")
    page = stage.open_tab(ana, "/settings/security")
    expect(page.get_by_role("button", name="Log out Chrome on Linux")).to_be_visible()
    form = page.get_by_role("form", name="Change password")
    current, new = (form.get_by_label(name, exact=True) for name in ("Current password", "New password"))
    current.fill("wrong password")
    new.fill("ana12345")
    form.get_by_role("button", name="Change password").click()
    expect(current).to_have_accessible_description("That is not your password.")
    expect(current).to_be_focused()
    current.fill(PASSWORD)
    form.get_by_role("button", name="Change password").click()
    expect(form.get_by_text("close to your name")).to_be_visible()
    expect(new).to_be_focused()
    expect(current).to_have_value(PASSWORD)
    new.fill(NEW)
    expect(form.get_by_role("meter", name="Password strength")).to_have_attribute(
        "aria-valuetext", "Strong"
    )
    form.get_by_role("button", name="Change password").click()
    expect(form.get_by_role("status")).to_contain_text("other devices have been logged out")
    expect(form.get_by_role("status")).to_be_focused()
    expect(form.get_by_label("Current password")).to_have_count(0)
    other_device.wait_for_url("**/login?next=*")
    expect(page.get_by_role("button", name="Log out Chrome on Linux")).to_have_count(0)
    expect(page.get_by_text("This device")).to_be_visible()
    page.reload()
    expect(page.get_by_text("This device")).to_be_visible()
    log_in(other_device, PASSWORD)
    expect(other_device.get_by_role("alert")).to_have_text("That username and password do not match.")
    log_in(other_device, NEW)
    other_device.wait_for_url("**/explore")
    box.wait("ana@example.com", "Your password has changed")


def test_a_forgotten_password_is_replaced_by_a_link(stage: Stage, box: Mailbox) -> None:
    ana = stage.join("ana")
    left_open = stage.open_tab(ana, "/settings/account")
    page = stage.open_tab(None, "/login")
    page.get_by_role("link", name="Forgot it?").click()
    form = page.get_by_role("form", name="Reset password")
    login = form.get_by_role("textbox", name="Username or email")
    form.get_by_role("button", name="Send link").click()
    expect(login).to_have_accessible_description("Enter your username or email.")
    for name in ("nobody", "ana"):
        login.fill(name)
        form.get_by_role("button", name="Send link").click()
        expect(form.get_by_role("status")).to_have_text("If that account exists, we have sent a link.")
    address = link(box.wait("ana@example.com", "Choose"))
    visit(page, address)
    expect(page).to_have_url(f"{stage.server.url}/reset")
    form = page.get_by_role("form", name="Choose a new password")
    new = form.get_by_label("New password", exact=True)
    new.fill("password1")
    form.get_by_role("button", name="Change password").click()
    expect(form.get_by_text("too easy to guess")).to_be_visible()
    new.fill(NEW)
    form.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status").filter(has_text="Your password has been changed.")).to_be_visible()
    left_open.wait_for_url("**/login?next=*")
    log_in(page, NEW)
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("expired or was already used")


def test_a_password_can_be_reset_without_scripts(stage: Stage, box: Mailbox) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/login", java_script_enabled=False)
    page.get_by_role("link", name="Forgot it?").click()
    page.get_by_label("Username or email").fill("ana")
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("status")).to_have_text("If that account exists, we have sent a link.")
    page.goto(link(box.wait("ana@example.com", "Choose")))
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_have_text("Use at least 8 characters.")
    page.get_by_role("link", name="Back to the form").click()
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_role("button", name="Change password").click()
    log_in(page, NEW, scripts=False)
    expect(page).to_have_url(f"{stage.server.url}/")


def test_a_site_without_mail_says_whom_to_ask(stage: Stage) -> None:
    stage.join("ana")
    with running(DATA, "flows") as server:
        page = stage.context().new_page()
        visit(page, f"{server.url}/forgot")
        expect(page.get_by_text("This site does not send email")).to_be_visible()
        expect(page.get_by_role("button", name="Send link")).to_have_count(0)
        address = stage.do(recovery.make_link, "ana").replace("http://localhost:3000", server.url)
        visit(page, address)
        page.get_by_label("New password", exact=True).fill(NEW)
        page.get_by_role("button", name="Change password").click()
        page.wait_for_url("**/login?password=changed")
        log_in(page, NEW)
        expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
        page.goto(f"{server.url}/settings/account")
        expect(page.get_by_text("ana@example.com", exact=True)).to_be_visible()
        expect(page.get_by_text("an address cannot be confirmed here")).to_be_visible()
        for text in ("Not confirmed", "Change email"):
            expect(page.get_by_text(text)).to_have_count(0)


def test_an_email_is_changed_once_both_addresses_have_confirmed(stage: Stage, box: Mailbox) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana, "/settings/account")
    expect(page.get_by_text("Not confirmed")).to_be_visible()
    page.get_by_role("button", name="Send confirmation").click()
    expect(page.get_by_text("Sent. Check your inbox")).to_be_visible()
    mailbox = stage.open_tab(None, "/login")
    visit(mailbox, link(box.wait("ana@example.com", "Confirm")))
    mailbox.get_by_role("button", name="Confirm email").click()
    expect(mailbox.get_by_role("status").filter(has_text="Your email is confirmed.")).to_be_focused()
    # The open settings page is notified.
    expect(page.get_by_text("Confirmed", exact=True)).to_be_visible()
    form = page.get_by_role("form", name="Change email")
    email, current = (
        form.get_by_role("textbox", name="Email"),
        form.get_by_label("Current password", exact=True),
    )
    email.fill("ana.mail")
    current.fill(PASSWORD)
    form.get_by_role("button", name="Change email").click()
    expect(email).to_have_accessible_description("An email address needs an @ sign.")
    email.fill("ana.maria@example.com")
    expect(current).to_have_value(PASSWORD)
    form.get_by_role("button", name="Change email").click()
    expect(page.get_by_text("Changing to ana.maria@example.com")).to_be_visible()
    expect(page.get_by_text("confirm from both addresses")).to_be_visible()
    visit(mailbox, link(box.wait("ana.maria@example.com", "new email")))
    expect(mailbox.get_by_role("heading", name="Confirm your new email")).to_be_visible()
    mailbox.get_by_role("button", name="Confirm email").click()
    expect(mailbox.get_by_role("status").filter(has_text="current address")).to_be_visible()
    expect(page.get_by_text("confirm from your current address")).to_be_visible()
    visit(mailbox, link(box.wait("ana@example.com", "new email")))
    mailbox.get_by_role("button", name="Confirm email").click()
    expect(mailbox.get_by_role("status").filter(has_text="now ana.maria@example.com")).to_be_visible()
    expect(page.get_by_text("ana.maria@example.com", exact=True)).to_be_visible()
    expect(page.get_by_text("Changing to")).to_have_count(0)


def test_an_email_change_can_be_refused_without_scripts(stage: Stage, box: Mailbox) -> None:
    ana = stage.join("ana")
    stage.do(confirm, ana)
    page = stage.open_tab(ana, "/settings/account")
    form = page.get_by_role("form", name="Change email")
    form.get_by_role("textbox", name="Email").fill("thief@example.com")
    form.get_by_label("Current password", exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Change email").click()
    mailbox = stage.open_tab(None, "/login", java_script_enabled=False)
    mailbox.goto(link(box.wait("ana@example.com", "new email")))
    mailbox.get_by_role("button", name="Refuse the change").click()
    expect(mailbox.get_by_role("status")).to_contain_text("The change was refused")
    expect(page.get_by_text("Changing to")).to_have_count(0)


def test_an_email_change_can_be_refused_from_the_mail_or_cancelled_in_settings(
    stage: Stage, box: Mailbox
) -> None:
    ana = stage.join("ana")
    stage.do(confirm, ana)
    page = stage.open_tab(ana, "/settings/account")
    for number in range(2):
        form = page.get_by_role("form", name="Change email")
        form.get_by_role("textbox", name="Email").fill("thief@example.com")
        form.get_by_label("Current password", exact=True).fill(PASSWORD)
        form.get_by_role("button", name="Change email").click()
        expect(page.get_by_text("Changing to thief@example.com")).to_be_visible()
        expect(form.get_by_role("status")).to_be_focused()
        if number:
            page.get_by_role("button", name="Cancel the change of email").click()
            note = page.get_by_text("Your email stays as it is")
            assert gaps(note) == [16, 16], "the gaps on the left and on the right differ from 16 px"
        else:
            mailbox = stage.open_tab(None, "/login")
            visit(mailbox, link(box.wait("ana@example.com", "new email")))
            mailbox.get_by_role("button", name="Refuse the change").click()
            expect(mailbox.get_by_role("status").filter(has_text="refused")).to_be_visible()
        expect(page.get_by_text("Changing to")).to_have_count(0)
        # It is over: it is no longer mentioned, and another change can begin.
        expect(form.get_by_text("Check your inbox")).to_have_count(0)
        expect(form.get_by_role("textbox", name="Email")).to_have_value("")
    expect(page.get_by_text("ana@example.com", exact=True)).to_be_visible()
