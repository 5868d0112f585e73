"""Account recovery, attempted by people who are not the owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import Refused
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import devices, emails
from instagram_clone.web.states.people.credentials import EmailState
from tests.attacks.conftest import Field
from tests.client import event_name
from tests.conftest import PASSWORD
from tests.mailbox import Mailbox, link, token

NEW = "five lemons on a plate"
PAGE = {"accept": "text/html"}


@pytest.fixture
async def http(field: Field) -> AsyncIterator[httpx.AsyncClient]:
    async with field.http() as client:
        yield client


@pytest.fixture
def box(post_office: Mailbox) -> Mailbox:
    """The app's mail, from now on."""
    post_office.mails.clear()
    return post_office


async def mailed_link(box: Mailbox, http: httpx.AsyncClient, login: str = "ana") -> str:
    """Ask for a link to an account and return it as it was mailed."""
    before = len(box.to(f"{login}@example.com", "Choose"))
    assert (await http.post("/api/forgot", json={"login": login})).status_code == 200
    return link(await asyncio.to_thread(box.wait, f"{login}@example.com", "Choose", after=before))


async def open_link(http: httpx.AsyncClient, address: str) -> httpx.Response:
    """Open a link like a browser, without following the redirect to its page."""
    parts = urlsplit(address)
    return await http.get(f"{parts.path}?{parts.query}")


async def test_responses_do_not_reveal_who_has_an_account(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    await field.join("ana")
    responses = [
        await http.post("/api/forgot", json={"login": login})
        for login in ("ana", "nobody", "ana@example.com", "nobody@example.com", "x" * 300)
    ]
    assert {(response.status_code, response.text) for response in responses} == {
        (200, '{"done":"If that account exists, we have sent a link."}')
    }
    pages = [
        await http.post("/api/forgot", data={"login": login}, headers=PAGE) for login in ("ana", "nobody")
    ]
    assert pages[0].text == pages[1].text and "If that account exists" in pages[0].text
    # Wait for both mails, so that none arrives during the next test.
    await asyncio.to_thread(box.wait, "ana@example.com", "Choose", after=2)
    assert not box.to("nobody@example.com")


async def test_opening_a_link_does_not_use_it_up_and_removes_the_token_from_the_url(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    ana = await field.join("ana")
    address = await mailed_link(box, http)
    assert address.startswith(f"{field.server.url}/reset?token=")
    tracked = address + "&utm=x" * 30
    for one in (address, tracked, address):  # a mail program's preview, a click tracker, and the person
        response = await open_link(http, one)
        assert response.status_code == 303 and response.headers["location"] == "/reset"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "no-store" in response.headers["cache-control"]
        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in cookie and "Path=/api/reset;" in cookie and "SameSite=Lax" in cookie
    page = await http.get("/reset")
    secret = urlsplit(address).query.removeprefix("token=")
    assert page.status_code == 200 and secret not in page.text
    response = await http.post("/api/reset", json={"password": NEW})
    assert response.json() == {"next": "/login?password=changed"}
    device = http.cookies["instaclone_device"]
    assert (await accounts.log_in("ana", NEW, "1", device)).user_id == ana.id
    assert devices.known_id(device, ana.id), "guesses by others must not lock the owner out on this device"
    assert secret not in field.server.log.read_text()


async def test_a_used_link_leads_to_requesting_another(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    await field.join("ana")
    address = await mailed_link(box, http)
    await open_link(http, address)
    used = http.cookies.get("instaclone_link", path="/api/reset")
    assert (await http.post("/api/reset", json={"password": NEW})).status_code == 200
    response = await open_link(http, address)
    assert response.headers["location"] == "/forgot?link=dead" and "set-cookie" not in response.headers
    for bad in (used or "", "x" * 43, ""):
        cookie = {"cookie": f"instaclone_link={bad}"}
        response = await http.post("/api/reset", json={"password": "six plums in a basket"}, headers=cookie)
        assert response.status_code == 422 and "expired or was already used" in response.json()["alert"]
    response = await http.post("/api/reset", data={"password": "six plums in a basket"}, headers=PAGE)
    assert 'href="/reset"' in response.text and "expired or was already used" in response.text


async def test_two_tabs_with_the_same_link_set_one_password(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    ana = await field.join("ana")
    await open_link(http, await mailed_link(box, http))
    choices = [NEW, "six plums in a basket"]
    responses = await asyncio.gather(*(http.post("/api/reset", json={"password": one}) for one in choices))
    assert sorted(response.status_code for response in responses) == [200, 422]
    winner = choices[[response.status_code for response in responses].index(200)]
    assert (await accounts.log_in("ana", winner, "1")).user_id == ana.id


async def test_a_reset_signs_out_every_tab_of_the_account_and_no_other(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    hers, hers_too, his = [await field.tab(viewer) for viewer in (ana, ana, ben)]
    await open_link(http, await mailed_link(box, http))
    await http.post("/api/reset", json={"password": NEW})
    for tab in (hers, hers_too):
        await tab.until(lambda tab=tab: '"signed_out": true' in tab.text)
    await his.settle()
    assert "signed_out" not in his.text
    assert await db.sessions.count_documents({"user": ana.oid}) == 0


async def test_a_change_of_password_signs_out_every_other_tab_and_not_this_one(
    field: Field, http: httpx.AsyncClient
) -> None:
    ana = await field.join("ana")
    cookie = await field.cookie(ana)
    here, elsewhere = await field.tab(ana, cookie=cookie), await field.tab(ana)
    form = {"current": PASSWORD, "password": NEW}
    response = await http.post("/api/password", json=form, headers={"cookie": cookie})
    assert response.status_code == 200 and "changed" in response.json()["done"]
    await elsewhere.until(lambda: '"signed_out": true' in elsewhere.text)
    await here.settle()
    assert "signed_out" not in here.text
    await here.call(event_name(EmailState, "load"))
    await here.until(lambda: here.value(EmailState, "email") == "ana@example.com")


@pytest.mark.parametrize(
    ("path", "form"),
    [("/api/password", {"current": PASSWORD, "password": NEW}),
     ("/api/email", {"email": "new@example.com", "current": PASSWORD})],
)  # fmt: skip
async def test_nobody_changes_anything_without_a_session_or_from_a_foreign_page(
    field: Field, http: httpx.AsyncClient, path: str, form: dict[str, str]
) -> None:
    ana = await field.join("ana")
    response = await http.post(path, json=form)
    assert response.status_code == 422 and response.json() == {"alert": "Log in to do that."}
    headers = {"cookie": await field.cookie(ana), "origin": "http://evil.example"}
    assert (await http.post(path, json=form, headers=headers)).status_code == 403
    assert (await accounts.log_in("ana", PASSWORD, "1")).user_id == ana.id
    assert await db.email_changes.count_documents({}) == 0


@pytest.mark.parametrize("path", ["/api/forgot", "/api/reset", "/api/password", "/api/email"])
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"login": {"$ne": null}}', b"\xff" * 50, b"x" * 50_000]
)
async def test_junk_gets_a_sentence(field: Field, http: httpx.AsyncClient, path: str, body: bytes) -> None:
    ana = await field.join("ana")
    response = await http.post(path, content=body, headers={"cookie": await field.cookie(ana)})
    assert response.status_code == 422
    reply = response.json()
    assert (reply.get("alert") or next(iter(reply["errors"].values()))).endswith(".")


async def test_a_forged_host_header_does_not_affect_the_link(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    await field.join("ana")
    headers = {"x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    await http.post("/api/forgot", json={"login": "ana"}, headers=headers)
    mail = await asyncio.to_thread(box.wait, "ana@example.com", "Choose")
    assert link(mail).startswith(f"{field.server.url}/reset?")


async def test_a_change_of_email_needs_both_mailboxes(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    ana = await field.join("ana")
    await db.users.update_one({"_id": ana.oid}, {"$set": {"email_confirmed": True}})
    cookie = {"cookie": await field.cookie(ana)}
    tab = await field.tab(ana)
    await tab.call(event_name(EmailState, "load"))
    form = {"email": "new@example.com", "current": PASSWORD}
    assert (await http.post("/api/email", json=form, headers=cookie)).status_code == 200
    await tab.until(lambda: tab.value(EmailState, "change_to") == "new@example.com")
    old, new = [
        await asyncio.to_thread(box.wait, f"{one}@example.com", "new email") for one in ("ana", "new")
    ]
    response = await open_link(http, link(new))
    assert response.headers["location"] == "/confirm?about=change"
    assert (await emails.own(ana)).waiting == ("old", "new")
    assert "current address" in (await http.post("/api/confirm")).json()["done"]
    # The used link's cookie is gone, and its token is no longer valid.
    assert (await http.post("/api/confirm")).status_code == 422
    assert (await open_link(http, link(new))).headers["location"] == "/confirm?about=dead"
    assert (await emails.own(ana)).email == "ana@example.com"
    await open_link(http, link(old))
    response = await http.post("/api/confirm", data={}, headers=PAGE)
    assert response.status_code == 200 and "now new@example.com" in response.text
    await tab.until(lambda: tab.value(EmailState, "email") == "new@example.com")


async def test_the_old_address_can_refuse_a_change(
    field: Field, http: httpx.AsyncClient, box: Mailbox
) -> None:
    ana = await field.join("ana")
    await db.users.update_one({"_id": ana.oid}, {"$set": {"email_confirmed": True}})
    cookie = {"cookie": await field.cookie(ana)}
    await http.post("/api/email", json={"email": "new@example.com", "current": PASSWORD}, headers=cookie)
    old, new = [
        await asyncio.to_thread(box.wait, f"{one}@example.com", "new email") for one in ("ana", "new")
    ]
    await open_link(http, link(old))
    assert "refused" in (await http.post("/api/confirm/refuse")).json()["done"]
    with pytest.raises(Refused):
        await emails.confirm(token(new), "1")
    assert await emails.own(ana) == emails.OwnEmail("ana@example.com", True, "", ())


async def test_a_new_account_is_mailed_a_link(field: Field, http: httpx.AsyncClient, box: Mailbox) -> None:
    form = {"email": "Mia@Example.com", "name": "Mia", "username": "mia", "password": PASSWORD}
    assert (await http.post("/api/signup", json=form)).status_code == 200
    mail = await asyncio.to_thread(box.wait, "Mia@example.com", "Confirm")
    assert (await open_link(http, link(mail))).headers["location"] == "/confirm?about=confirm"
    assert (await http.post("/api/confirm")).json() == {"done": "Your email is confirmed."}
    row = await db.users.find_one({"username": "mia"})
    assert row is not None and row["email_confirmed"]
