"""The way back in for who has forgotten their password: a link to the address of the account."""

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
    "This site does not send email, so it cannot send you a link. Ask whoever runs it to make one for you."
)
DEAD_LINK = "This link has expired or was already used. Ask for a new one."


async def ask(login: str, address: str) -> str:
    """Have a link be sent to an account, and return what to say.

    Known and unknown names are answered alike and as fast: who they are is looked up when the mail is
    sent. Raises Refused where no mail is sent, Invalid, and TooMany by the network address alone: nobody
    can use up what somebody else is let ask for.
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
        mails.due(transaction, "reset", login)

    await mails.commit(work)
    return ANSWER


@mails.sends("reset")
async def _send_link(due: MailDue) -> None:
    row = await accounts.by_login(due.account)
    # After a while whoever asked has given up, or asked again.
    if row is None or datetime.fromisoformat(due.asked) < datetime.now(UTC) - 2 * LIFETIME:
        return
    try:
        await rate_limits.take("forgot-mail", str(row["_id"]))
    except TooMany:
        # Links last longer than this limit: there are good ones in the mail.
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
    """Return a link for an account, for whoever runs the site to pass on; "" for nobody's."""
    row = await accounts.by_login(login.strip())
    if row is None:
        return ""
    token = await tokens.issue(RESET, row["_id"], LIFETIME, **_facts(row), mailed=False)
    return mails.link(routes.RESET, token)


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    return {"email_key": row["email_key"], "password_number": row.get("password_number", 0)}


async def is_good(token: str) -> bool:
    """Tell whether a link can still be used. Uses nothing up."""
    return await tokens.find(token, RESET) is not None


async def reset(token: str, password: str, address: str) -> str:
    """Set a new password by a link, and return whose account it is. Every session of it ends.

    Publishes SessionEnded for each. Raises Refused for a link that is used, expired, revoked or nobody's,
    Invalid (field "password"), and TooMany.
    """
    await rate_limits.take("reset", address)
    found, row = await _opened(token)
    password = await passwords.check(password, *credentials.about(row))
    if not await credentials.replace_password(row, password, mailed=found["facts"]["mailed"]):
        raise Refused(DEAD_LINK)
    return str(row["_id"])


async def strength(token: str, password: str) -> int:
    """Return how hard to guess a password would be that a link sets. Raises Refused and Invalid."""
    _, row = await _opened(token)
    return await passwords.strength(password, *credentials.about(row))


async def _opened(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    found = await tokens.find(token, RESET)
    row = await db.users.find_one({"_id": found["user"]}) if found else None
    if found is None or row is None or not _facts(row).items() <= found["facts"].items():
        raise Refused(DEAD_LINK)
    return found, row
