"""Forms as people use them: errors beside fields, nothing typed is lost, sessions end everywhere."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.credentials import sessions
from tests.conftest import PASSWORD, file_of, picture
from tests.flows.conftest import Stage, eventually, wait_until_interactive


def test_sign_up_says_what_is_wrong_beside_each_field_and_keeps_what_was_typed(stage: Stage) -> None:
    stage.join("juno")
    page = stage.open_tab(None, "/signup")
    form = page.get_by_role("form", name="Create an account")
    email, username = (form.get_by_role("textbox", name=name) for name in ("Email", "Username"))
    password = form.get_by_label("Password", exact=True)
    email.fill("juno.mail")
    form.get_by_role("textbox", name="Full name").fill("Juno Reyes")
    expect(form.get_by_text("An email address needs an @ sign")).to_be_visible()
    expect(email).to_have_attribute("aria-invalid", "true")
    email.fill("juno.reyes@example.com")
    expect(form.get_by_text("An email address needs an @ sign")).not_to_be_visible()
    username.fill("juno")
    expect(form.get_by_text("juno is taken. How about juno.pics or juno.photo?")).to_be_visible()
    form.get_by_role("button", name="juno.photo").click()
    expect(username).to_have_value("juno.photo")
    expect(username).to_be_focused()
    expect(form.get_by_text("juno.photo is available")).to_be_visible()
    username.fill("explore")
    expect(form.get_by_text("explore is reserved.")).to_be_visible()
    username.fill("juno.reyes")
    expect(form.get_by_text("juno.reyes is available")).to_be_visible()
    password.fill("monkeymonkey12")
    meter = form.get_by_role("meter", name="Password strength")
    expect(meter).to_have_attribute("aria-valuetext", "Weak")
    form.get_by_role("button", name="Show password").click()
    expect(password).to_have_attribute("type", "text")
    expect(form.get_by_role("button", name="Hide password")).to_be_visible()
    form.get_by_role("button", name="Create account").click()
    expect(form.get_by_text("too easy to guess")).to_be_visible()
    expect(password).to_be_focused()
    expect(password).to_have_value("monkeymonkey12")
    expect(email).to_have_value("juno.reyes@example.com")
    password.fill(PASSWORD)
    expect(meter).to_have_attribute("aria-valuetext", "Strong")
    form.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Welcome, Juno Reyes")).to_be_visible()


def test_an_empty_sign_up_marks_every_field(stage: Stage) -> None:
    page = stage.open_tab(None, "/signup")
    form = page.get_by_role("form", name="Create an account")
    form.get_by_role("button", name="Create account").click()
    for name, description in (
        ("Email", "Enter your email address."),
        ("Full name", "Tell people what to call you."),
        ("Username", "Choose a username."),
        ("Password", "Choose a password."),
    ):
        box = form.get_by_label(name, exact=True)
        expect(box).to_have_attribute("aria-invalid", "true")
        expect(box).to_have_accessible_description(description)
    expect(form.get_by_role("textbox", name="Email")).to_be_focused()


def test_every_invalid_field_is_marked_and_the_first_gets_the_focus(stage: Stage) -> None:
    page = stage.open_tab(None, "/signup")
    form = page.get_by_role("form", name="Create an account")
    email, username = (form.get_by_role("textbox", name=name) for name in ("Email", "Username"))
    errors = {"email": "Enter your email address.", "username": "Choose a username."}
    page.route("**/api/signup", lambda route: route.fulfill(status=422, json={"errors": errors}))
    form.get_by_role("button", name="Create account").click()
    for box, why in ((email, errors["email"]), (username, errors["username"])):
        expect(box).to_have_accessible_description(why)
        expect(box).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    # The field being corrected keeps the focus, whatever else is still wrong.
    username.fill("juno")
    expect(form.get_by_text("Choose a username.")).not_to_be_visible()
    expect(form.get_by_text("juno is available")).to_be_visible()
    expect(username).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")


def test_a_form_can_be_submitted_without_scripts(stage: Stage) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/login", java_script_enabled=False)
    page.get_by_label("Username or email").fill("ana")
    page.get_by_label("Password", exact=True).fill("wrong password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("That username and password do not match.")
    assert "wrong" not in page.url
    page.get_by_role("link", name="Back to the form").click()
    page.get_by_label("Username or email").fill("ana")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{stage.server.url}/")
    assert page.context.cookies()


def test_a_form_that_fails_to_send_keeps_its_input(stage: Stage) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/login")
    form = page.get_by_role("form", name="Log in")
    page.route("**/api/login", lambda route: route.abort())
    form.get_by_role("textbox", name="Username or email").fill("ana")
    form.get_by_label("Password", exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Log in").click()
    expect(form.get_by_role("alert")).to_contain_text("could not reach the server")
    page.unroute("**/api/login")
    form.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()


def test_caps_lock_and_a_short_password_are_pointed_out(stage: Stage) -> None:
    page = stage.open_tab(None, "/signup")
    form = page.get_by_role("form", name="Create an account")
    password = form.get_by_label("Password", exact=True)
    password.press_sequentially("ORAN")
    password.evaluate(
        "(box) => box.dispatchEvent(new KeyboardEvent('keyup', {modifierCapsLock: true, bubbles: true}))"
    )
    expect(password).to_have_accessible_description("Caps lock is on")
    password.press("g")
    expect(form.get_by_text("Caps lock is on")).not_to_be_visible()
    expect(password).not_to_have_attribute("aria-invalid", "true")
    password.blur()
    expect(password).to_have_accessible_description("Use at least 8 characters.")
    expect(password).to_have_attribute("aria-invalid", "true")
    password.press_sequentially(" juice")
    expect(password).not_to_have_attribute("aria-invalid", "true")


def test_a_wrong_password_is_answered_with_one_alert(stage: Stage) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/login")
    form = page.get_by_role("form", name="Log in")
    for login in ("ana", "nobody"):
        form.get_by_role("textbox", name="Username or email").fill(login)
        form.get_by_label("Password", exact=True).fill("wrong password")
        form.get_by_role("button", name="Log in").click()
        expect(form.get_by_role("alert")).to_have_text("That username and password do not match.")
        expect(form.get_by_role("textbox", name="Username or email")).to_have_value(login)


def test_a_protected_page_comes_back_after_log_in(stage: Stage) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/settings/security?x=1")
    expect(page).to_have_url(f"{stage.server.url}/login?next=%2Fsettings%2Fsecurity%3Fx%3D1")
    for name in ("Create an account", "Log in"):
        link = page.get_by_role("link", name=name)
        # Pages are prerendered without their address: the link gets its target once scripts run.
        expect(link).to_have_attribute("href", re.compile("next="))
        link.click()
    page.get_by_role("textbox", name="Username or email").fill("ana@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{stage.server.url}/settings/security?x=1")
    expect(page.get_by_text("This device")).to_be_visible()


def test_a_visitor_sees_a_profile_and_is_sent_to_log_in_when_acting(stage: Stage) -> None:
    stage.join("juno.reyes", "Juno Reyes")
    page = stage.open_tab(None, "/juno.reyes")
    expect(page.get_by_role("heading", name="juno.reyes")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="juno.reyes")).to_be_visible()
    wait_until_interactive(page)
    page.get_by_role("button", name="Follow juno.reyes").click()
    expect(page).to_have_url(f"{stage.server.url}/login?next=%2Fjuno.reyes")


def test_log_out_signs_every_tab_of_the_session_out(stage: Stage) -> None:
    ana = stage.join("ana")
    one = stage.open_tab(ana, "/explore")
    two = one.context.new_page()
    two.goto("/settings/account")
    other_device = stage.open_tab(ana)
    expect(two.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    one.get_by_role("button", name="More").click()
    one.get_by_role("menuitem", name="Log out").click()
    expect(one).to_have_url(f"{stage.server.url}/login")
    two.wait_for_url("**/login?next=*")
    expect(other_device.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    one.goto("/")
    expect(one).to_have_url(f"{stage.server.url}/login")


def test_another_device_can_be_logged_out_in_settings(stage: Stage) -> None:
    ana = stage.join("ana")
    there = stage.open_tab(ana)
    expect(there.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    here = stage.open_tab(ana, "/settings/security")
    expect(here.get_by_role("button", name="Log out Chrome on Linux")).to_have_count(1)
    here.get_by_role("button", name="Log out Chrome on Linux").click()
    there.wait_for_url("**/login?next=*")
    expect(here.get_by_role("button", name="Log out Chrome on Linux")).to_have_count(0)
    expect(here.get_by_text("This device")).to_be_visible()


def test_a_profile_is_edited_with_its_photo(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.join("ben")
    page = stage.open_tab(ana, "/settings/profile")
    form = page.get_by_role("form", name="Edit profile")
    expect(form.get_by_role("textbox", name="Name", exact=True)).to_have_value("Ana")
    form.get_by_role("textbox", name="Username").fill("ben")
    form.get_by_role("textbox", name="Bio").fill("Walls and\nskies")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("ben is taken.")).to_be_visible()
    expect(form.get_by_role("textbox", name="Bio")).to_have_value("Walls and\nskies")
    form.get_by_role("textbox", name="Username").fill("ana.b")
    form.get_by_role("textbox", name="Website").fill("example.com/ana")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Profile saved")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Change photo").click()
    chooser.value.set_files(file_of(picture(500, 400)).rename(file_of(b"").with_suffix(".jpg")))
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Profile photo changed")
    page.get_by_role("navigation", name="Primary").get_by_role("link", name="Profile").click()
    expect(page.get_by_role("heading", name="ana.b")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Walls and")
    expect(page.get_by_role("link", name="example.com/ana")).to_have_attribute(
        "rel", "nofollow ugc noopener me"
    )
    profile = stage.do(profiles.own_profile, ana)
    assert profile.avatar and page.request.get(profile.avatar).status == 200


def test_a_rejected_profile_photo_can_be_chosen_again_once_it_is_fixed(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/profile")
    toast = page.get_by_role("status", name="Announcements")
    path = file_of(b"").with_suffix(".jpg")

    def choose(content: bytes) -> None:
        path.write_bytes(content)
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Change photo").click()
        chooser.value.set_files(path)

    choose(b"")
    expect(toast).to_contain_text("This file is empty")
    choose(b"not a photo")
    expect(toast).to_contain_text("not a photo we can read")
    page.route("**/api/media", lambda route: route.abort())
    choose(picture(500, 400))
    expect(toast).to_contain_text("Connection lost at")
    page.unroute("**/api/media")
    choose(picture(500, 400))
    expect(toast).to_contain_text("Profile photo changed")


def test_unsaved_changes_are_not_lost_without_a_question(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/profile")
    form = page.get_by_role("form", name="Edit profile")
    bio, save = form.get_by_role("textbox", name="Bio"), form.get_by_role("button", name="Save")
    ask = page.get_by_role("dialog", name="Discard changes?")
    explore = page.get_by_role("navigation", name="Primary").get_by_role("link", name="Explore")
    expect(save).to_be_disabled()
    bio.press_sequentially("Walls")
    expect(form.get_by_text("Unsaved changes")).to_be_visible()
    expect(form.get_by_text("5 / 150")).to_be_visible()
    explore.click()
    ask.get_by_role("button", name="Keep editing").click()
    expect(ask).to_have_count(0)
    expect(bio).to_have_value("Walls")
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as dialog_event:
        page.evaluate("() => location.reload()")
    assert dialog_event.value.type == "beforeunload"
    expect(bio).to_have_value("Walls")
    form.get_by_role("button", name="Cancel").click()
    expect(bio).to_have_value("")
    expect(form.get_by_text("0 / 150")).to_be_visible()
    expect(form.get_by_text("Unsaved changes")).to_have_count(0)
    bio.fill("Skies")
    explore.click()
    ask.get_by_role("button", name="Discard").click()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    expect(ask).to_have_count(0)
    page.go_back()
    expect(bio).to_have_value("")
    bio.fill("Skies")
    save.click()
    expect(save).to_be_disabled()
    explore.click()
    expect(page).to_have_url(f"{stage.server.url}/explore")


def test_a_reconnect_keeps_unsaved_input(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/profile")
    bio = page.get_by_role("form", name="Edit profile").get_by_role("textbox", name="Bio")
    bio.fill("Walls")
    page.context.set_offline(True)
    expect(page.get_by_role("status", name="Connection")).to_contain_text("You are offline")
    page.context.set_offline(False)
    expect(page.get_by_role("status", name="Connection")).not_to_contain_text("You are offline")
    expect(bio).to_have_value("Walls")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()


def test_a_server_restart_keeps_unsaved_input(stage: Stage) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana, "/settings/profile")
    form = page.get_by_role("form", name="Edit profile")
    bio = form.get_by_role("textbox", name="Bio")
    bio.fill("Walls")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Profile saved")
    bio.fill("Walls and skies")
    stage.server.kill()
    stage.do(profiles.edit_profile, ana, "Ana Reyes", "ana", "Walls", "")
    stage.server.start()
    # Until this arrives, the page may not have been loaded again.
    expect(form.get_by_role("textbox", name="Name", exact=True)).to_have_attribute("value", "Ana Reyes")
    expect(bio).to_have_value("Walls and skies")
    expect(form.get_by_text("Unsaved changes")).to_be_visible()


def test_what_is_typed_while_a_form_is_being_saved_is_kept(stage: Stage) -> None:
    ana = stage.join("ana")
    page, wire = stage.open_wired_tab(ana, "/settings/profile")
    form = page.get_by_role("form", name="Edit profile")
    bio, save = form.get_by_role("textbox", name="Bio"), form.get_by_role("button", name="Save")
    bio.fill("Walls")
    wire.hold()
    save.click()
    bio.fill("Walls and skies")
    assert eventually(page, lambda: any("Profile saved" in str(message) for _, message in wire.held))
    wire.release()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Profile saved")
    expect(bio).to_have_value("Walls and skies")
    expect(form.get_by_text("Unsaved changes")).to_be_visible()
    save.click()
    expect(save).to_be_disabled()
    expect(bio).to_have_value("Walls and skies")
    assert stage.do(profiles.own_profile, ana).bio == "Walls and skies"


def test_the_theme_is_remembered_and_applied_before_the_first_paint(stage: Stage) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana, "/settings/appearance", color_scheme="light")
    page.get_by_role("radio", name="Dark").click()
    expect(page.locator("html")).to_have_class("dark")
    context = page.context
    fresh = context.new_page()
    # Before any script of ours has run but the one in the head.
    fresh.route("**/*.js", lambda route: route.abort())
    fresh.goto("/settings/appearance", wait_until="commit")
    expect(fresh.locator("html")).to_have_class("dark")
    stage.errors.clear()


def test_a_page_script_cannot_see_the_session(stage: Stage) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana)
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    token = next(cookie["value"] for cookie in page.context.cookies() if "session" in cookie["name"])
    visible_to_scripts = page.evaluate(
        "() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"
        " + location.href + document.documentElement.outerHTML"
    )
    assert token not in visible_to_scripts and token.split(".")[2] not in visible_to_scripts
    assert stage.do(sessions.viewer, token) is not None


def test_back_works_even_before_the_previous_page_is_unmounted(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/profile")
    bio = page.get_by_role("form", name="Edit profile").get_by_role("textbox", name="Bio")
    bio.fill("Skies")
    page.get_by_role("navigation", name="Primary").get_by_role("link", name="Explore").click()
    discard = page.get_by_role("dialog", name="Discard changes?").get_by_role("button", name="Discard")
    discard.evaluate(
        """discard => {
            const push = history.pushState;
            history.pushState = (...entry) => {
                push.apply(history, entry);
                setTimeout(() => history.back());
            };
            discard.click();
        }"""
    )
    expect(page).to_have_url(f"{stage.server.url}/settings/profile")
    expect(bio).to_have_value("")
