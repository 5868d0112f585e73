"""The emails we send, each as plain text and as simple HTML."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate, make_msgid, parseaddr
from html import escape

from email_validator import validate_email

SITE = "Instaclone"


@dataclass(frozen=True)
class Letter:
    """One mail. `button` is the label of its one link."""

    subject: str
    greeting: str
    before: tuple[str, ...]
    button: str = ""
    link: str = ""
    after: tuple[str, ...] = ()


def reset_password(name: str, username: str, link: str) -> Letter:
    """Account recovery for a user who has forgotten their password."""
    return Letter(
        "Choose a new password",
        f"Hi {name},",
        (
            f"Someone asked to reset the password for your {SITE} account {username}. If that was you,"
            " choose a new one here:",
        ),
        "Choose a new password",
        link,
        (
            "The link works once and expires in 30 minutes. Your current password keeps working until you"
            " choose a new one.",
            "If you didn't ask for this, you can safely ignore this email. Please don't share it: anyone"
            " with the link can get into your account.",
        ),
    )


def confirm_email(username: str, link: str) -> Letter:
    """A link to confirm an account's address. The address may be a stranger's, so apart from the username
    the letter contains nothing that a user wrote.
    """
    return Letter(
        "Confirm your email",
        "Hello,",
        (
            f"This address was used for the {SITE} account {username}. Please confirm that it's yours, so"
            " we can help you get back in if you ever forget your password.",
        ),
        "Confirm email",
        link,
        (
            "The link works once and expires in three days.",
            f"If you don't have an account on {SITE}, you can safely ignore this email.",
        ),
    )


def approve_change(name: str, username: str, new: str, link: str) -> Letter:
    """A link for the current address, when a new one has been requested."""
    return Letter(
        "Confirm your new email",
        f"Hi {name},",
        (
            f"Someone who knows the password for {username} asked to change its email to {new}.",
            "If that was you, confirm it here, and with the link we sent to the new address. Your email"
            " stays the same until both are confirmed.",
        ),
        "Confirm or refuse the change",
        link,
        (
            "The link works once and expires in a day.",
            "If that wasn't you, use the same link to refuse the change, and choose a new password right"
            " away.",
        ),
    )


def confirm_change(username: str, link: str, *, both: bool) -> Letter:
    """A link for the address that is to become the new one."""
    also = (
        " We also sent a link to your current address: your email stays the same until both are confirmed."
    )
    return Letter(
        "Confirm your new email",
        "Hello,",
        (
            f"Please confirm that this address is yours to make it the email for {username}."
            f"{also if both else ''}",
        ),
        "Confirm email",
        link,
        (
            "The link works once and expires in a day.",
            f"If you don't have an account on {SITE}, ignore this email, or use the same link to refuse the"
            " change.",
        ),
    )


def change_requested(name: str, username: str, new: str, link: str) -> Letter:
    """A notice to a current address that was never confirmed, and so isn't asked to approve the change."""
    return Letter(
        "Your email is about to change",
        f"Hi {name},",
        (
            f"Someone who knows the password for {username} asked to change its email to {new}. This"
            " address was never confirmed, so only the new one has to be.",
            "If that wasn't you, choose a new password now. That stops the change.",
        ),
        "Choose a new password",
        link,
    )


def email_changed(name: str, username: str, new: str, link: str) -> Letter:
    """A notice to the previous and the new address that the change has been made."""
    return Letter(
        "Your email has changed",
        f"Hi {name},",
        (
            f"The email for your account {username} is now {new}. You can log in with it, or with your"
            " username as before.",
            "If you didn't change it, choose a new password right away and tell whoever runs this site.",
        ),
        "Choose a new password",
        link,
    )


def password_changed(name: str, username: str, link: str) -> Letter:
    """A notice to the account's owner that the password has changed."""
    return Letter(
        "Your password has changed",
        f"Hi {name},",
        (
            f"The password for your account {username} was just changed, and your other devices were"
            " logged out.",
            "If that was you, you're all set. If it wasn't, choose a new password right away:",
        ),
        "Choose a new password",
        link,
    )


def message(letter: Letter, to: str, sender: str) -> EmailMessage:
    """Return the email message for a letter."""
    # Few servers accept non-ASCII before the @; the domain after it can always be written in ASCII.
    mail = EmailMessage(policy=SMTP if to.rpartition("@")[0].isascii() else SMTPUTF8)
    name, address = parseaddr(sender)
    mail["From"] = Address(name, *_split_address(address))
    mail["To"] = Address("", *_split_address(to))
    mail["Subject"] = f"{letter.subject} · {SITE}"
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    # Keeps autoresponders from replying.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(letter))
    mail.add_alternative(_html(letter), subtype="html")
    return mail


def _split_address(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    if domain.isascii():
        return local, domain
    return local, validate_email(f"x@{domain}", check_deliverability=False).ascii_domain


def _text(letter: Letter) -> str:
    parts = [letter.greeting, *letter.before, letter.link, *letter.after, f"-- \n{SITE}"]
    return "\n\n".join(part for part in parts if part) + "\n"


_PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
_BUTTON = (
    '<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;'
    "border-radius:12px;background:#0E6763;color:#ffffff;font-weight:600;text-decoration:none"
    '">{label}</a></p>'
)
_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{subject}</title>
</head>
<body style="margin:0;padding:32px 20px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
<div style="max-width:480px;margin:0 auto">
<p style="margin:0 0 28px;font-size:20px;font-weight:700;letter-spacing:-.02em">{site}</p>
{body}
</div>
</body>
</html>
"""


def _html(letter: Letter) -> str:
    parts = [_PARAGRAPH.format(escape(text)) for text in (letter.greeting, *letter.before)]
    if letter.link:
        parts.append(_BUTTON.format(link=escape(letter.link), label=escape(letter.button)))
    parts += [_PARAGRAPH.format(escape(text)) for text in letter.after]
    return _FRAME.format(subject=escape(letter.subject), site=SITE, body="\n".join(parts))
