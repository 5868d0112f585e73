"""Passwords judged as they are typed: with the same verdict as the form, and knowing whose they are."""

from __future__ import annotations

import httpx
import pytest

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords
from tests.attacks.conftest import Field
from tests.conftest import PASSWORD

PASSWORDS = (
    "four oranges in a bowl", "Password1234", "qwertyuiop12", "Fourorange22", "Summer2024!", "aaaaaaaaaaaa",
    "monkeymonkey12", "instaclone1234", "anaanaana ana", "January2024!!", "x", "é" * 12,
)  # fmt: skip


def client(field: Field, cookie: str = "") -> httpx.AsyncClient:
    headers = {"Origin": field.server.url, **({"Cookie": cookie} if cookie else {})}
    return field.http(headers=headers)


@pytest.mark.parametrize("password", PASSWORDS)
async def test_exactly_the_passwords_rated_fair_or_better_are_accepted(field: Field, password: str) -> None:
    form = {"email": "ana@example.com", "name": "Ana Ana", "username": "ana"}
    async with client(field) as http:
        response = await http.post("/api/signup/strength", data={**form, "password": password})
    verdict = response.json()
    assert response.status_code == 200 and "no-store" in response.headers["cache-control"]
    try:
        await accounts.sign_up(form["email"], form["name"], form["username"], password, "test")
    except Invalid as error:
        assert verdict == {"level": 1, "why": error.fields["password"]}
    else:
        assert verdict["level"] in (2, 3, 4) and verdict["why"] == ""


async def test_a_password_is_rated_with_its_owners_names(field: Field) -> None:
    ana = await field.join("ana")
    close = "ana@example.com"
    with pytest.raises(Invalid):
        await passwords.check(close, "ana", "Ana", "ana@example.com")
    async with client(field, await field.cookie(ana)) as http:
        verdict = (await http.post("/api/password/strength", data={"password": close})).json()
        assert verdict["level"] == 1 and "close to your name" in verdict["why"]
        verdict = (await http.post("/api/password/strength", data={"password": PASSWORD})).json()
        assert verdict["level"] == 4
    async with client(field) as http:
        for path in ("/api/password/strength", "/api/reset/strength"):
            response = await http.post(path, data={"password": PASSWORD})
            assert response.status_code == 422 and "level" not in response.json()


async def test_a_password_being_typed_is_not_logged(field: Field) -> None:
    async with client(field) as http:
        for body in ({"password": "hunter2-hunter2-hunter2"}, {"password": "hunter2" * 3000}):
            await http.post("/api/signup/strength", data=body)
    assert "hunter2" not in field.server.log.read_text()
