"""Account recovery for people who have forgotten their password: a link mailed to the account's address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from instagram_clone import routes
from instagram_clone.config import settings
from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import Invalid, Refused, TooMany
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.people import accounts, validation
from instagram_clone.domain.people.credentials import credentials, mails, passwords, tokens
from instagram_clone.domain.people.credentials.credentials import RESET
from instagram_clone.domain.people.events import MailDue
from instagram_clone.mail import letters

LIFETIME = timedelta(minutes=30)
ANSWER = "If that account exists, we have sent a link."
NO_MAIL = (
    "This site does not send email, so it cannot send you a link. Ask the site's administrator for one."
)
DEAD_LINK = "This link has expired or was already used. Ask for a new one."


async def ask(login: str, address: str) -> str:
    """Queue a link for an account, and return the message to show.

    Known and unknown names get the same answer equally fast: the account is looked up when the mail is
    sent. Raises Refused where no mail is sent, Invalid, and TooMany, counted only by network address so
    that nobody can use up somebody else's requests.
    """
    if not settings().sends_mail:
        raise Refused(NO_MAIL)
    login = login.strip()
    if not login:
        raise Invalid("Enter your username or email.", "login")
    if len(login) > validation.EMAIL_LENGTH:
        return ANSWER
    await rate_limits.take("forgot", address)

    async def work(transaction: Transaction) -> None:
        mails.queue(transaction, "reset", login)

    await mails.commit(work)
    return ANSWER


@mails.sends("reset")
async def _send_link(due: MailDue) -> None:
    row = await accounts.by_login(due.account)
    # After two lifetimes the person has given up, or asked again.
    if row is None or datetime.fromisoformat(due.asked) < datetime.now(UTC) - 2 * LIFETIME:
        return
    try:
        await rate_limits.take("forgot-mail", str(row["_id"]))
    except TooMany:
        # Links last longer than this limit, so earlier mails still contain valid ones.
        return
    try:
        await mails.send_link(
            row["email"],
            lambda link: letters.reset_password(row["name"], row["username"], link),
            *(routes.RESET, RESET, row["_id"], LIFETIME),
            **_facts(row),
            mailed=True,
        )
    except BaseException:
        await rate_limits.give_back("forgot-mail", str(row["_id"]))
        raise


async def make_link(login: str) -> str:
    """Return a link to an account, for the site's operator to pass on; "" when there is no such account."""
    row = await accounts.by_login(login.strip())
    if row is None:
        return ""
    token = await tokens.issue(RESET, row["_id"], LIFETIME, **_facts(row), mailed=False)
    return mails.link(routes.RESET, token)


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    return {"email_key": row["email_key"], "password_number": row.get("password_number", 0)}


async def is_valid(token: str) -> bool:
    """Return whether a link can still be used. Does not use it up."""
    return await tokens.find(token, RESET) is not None


async def reset(token: str, password: str, address: str) -> str:
    """Set a new password by a link, end every session, and return the account's id.

    Publishes SessionEnded for each. Raises Refused for a link that is used, expired, revoked or invalid,
    Invalid (field "password"), and TooMany.
    """
    await rate_limits.take("reset", address)
    token_row, row = await _resolve(token)
    password = await passwords.check(password, *credentials.personal_words(row))
    if not await credentials.replace_password(row, password, mailed=token_row["facts"]["mailed"]):
        raise Refused(DEAD_LINK)
    return str(row["_id"])


async def strength(token: str, password: str) -> int:
    """Return how strong a password would be for a link's account. Raises Refused and Invalid."""
    _, row = await _resolve(token)
    return await passwords.strength(password, *credentials.personal_words(row))


async def _resolve(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    token_row = await tokens.find(token, RESET)
    row = await db.users.find_one({"_id": token_row["user"]}) if token_row else None
    if token_row is None or row is None or not _facts(row).items() <= token_row["facts"].items():
        raise Refused(DEAD_LINK)
    return token_row, row
