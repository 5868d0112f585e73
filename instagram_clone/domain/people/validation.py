"""The rules for names, email addresses and websites."""

from __future__ import annotations

import contextlib
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from instagram_clone import routes
from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.core.text.characters import has_controls, is_visible, normalize

NAME_LENGTH = 64
BIO_LENGTH = 150
WEBSITE_LENGTH = 200
EMAIL_LENGTH = 254
USERNAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]|\.(?!\.)){1,28}[A-Za-z0-9]")


def check_username(username: str) -> str:
    """Return a username unchanged. Raises Invalid (field "username") when it breaks the rules."""
    if not username:
        raise Invalid("Choose a username.", "username")
    if len(username) < 3:
        raise Invalid("Use at least 3 characters.", "username")
    if len(username) > 30:
        raise Invalid("Use up to 30 characters.", "username")
    if not USERNAME.fullmatch(username):
        raise Invalid(
            "Use letters, digits, dots and underscores, with a letter or digit at both ends.",
            "username",
        )
    if username.casefold() in routes.RESERVED:
        raise Invalid(f"{username} is reserved. Choose another.", "username")
    return username


def check_email(email: str) -> str:
    """Return a normalized email address. Raises Invalid (field "email").

    Checks only the syntax: no caller waits for another server, and nobody can make ours query one.
    """
    email = email.strip()
    if not email:
        raise Invalid("Enter your email address.", "email")
    if "@" not in email:
        raise Invalid("An email address needs an @ sign.", "email")
    if len(email) > EMAIL_LENGTH:
        raise Invalid("That does not look like an email address.", "email")
    try:
        return validate_email(email, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        raise Invalid("That does not look like an email address.", "email") from None


def email_key(email: str) -> str:
    """Return the form shared by all spellings of an address: one account, whatever keyboard typed it."""
    with contextlib.suppress(Invalid):
        email = check_email(email)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).casefold())


def check_name(name: str) -> str:
    """Return a full name, tidied. Raises Invalid (field "name")."""
    name = check_title(name, NAME_LENGTH)
    if not name:
        raise Invalid("Tell people what to call you.", "name")
    return name


def check_title(name: str, max_length: int) -> str:
    """Return the name of anything, tidied, or "". Raises Invalid (field "name")."""
    name = normalize(" ".join(name.split()))
    if len(name) > max_length:
        raise Invalid(f"Use up to {max_length} characters.", "name")
    if name and not is_visible(name):
        raise Invalid("That name has characters that cannot be shown.", "name")
    return name


def check_bio(bio: str) -> str:
    """Return a bio, tidied. Raises Invalid (field "bio")."""
    bio = normalize(bio.replace("\r\n", "\n").replace("\t", " ").strip())
    if len(bio) > BIO_LENGTH:
        raise Invalid(f"Use up to {BIO_LENGTH} characters.", "bio")
    if has_controls(bio):
        raise Invalid("Your bio has characters that cannot be shown.", "bio")
    return bio


def check_website(website: str) -> str:
    """Return a web address with its scheme, or "". Raises Invalid (field "website")."""
    website = normalize(website.strip())
    if not website:
        return ""
    if not is_visible(website):
        raise Invalid("A website looks like example.com/me.", "website")
    if "://" not in website:
        website = f"https://{website}"
    if len(website) > WEBSITE_LENGTH:
        raise Invalid(f"Use up to {WEBSITE_LENGTH} characters.", "website")
    if not re.fullmatch(r"https?://[^\s/@\"<>\\]+\.[^\s/@\"<>\\]{2,}(?:/[^\s\"<>\\]*)?", website):
        raise Invalid("A website looks like example.com/me.", "website")
    return website
