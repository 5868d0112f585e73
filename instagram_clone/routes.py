"""Every URL of the app: the patterns that Reflex routes by, and the builders that fill them in."""

HOME = "/"
LOGIN = "/login"
SIGN_UP = "/signup"
FORGOT = "/forgot"
RESET = "/reset"
CONFIRM = "/confirm"
EXPLORE = "/explore"
SEARCH = "/search"
# Reflex makes a state var of each name in brackets, so no other var may have these names.
POST = "/p/[pid]"
PROFILE = "/[handle]"
FOLLOWERS = "/[handle]/followers"
FOLLOWING = "/[handle]/following"
SAVED = "/[handle]/saved"
NOTIFICATIONS = "/notifications"
FOLLOW_REQUESTS = "/notifications/requests"
MESSAGES = "/messages"
MESSAGE_REQUESTS = "/messages/requests"
CHAT = "/messages/[cid]"
SETTINGS = "/settings"
SETTINGS_ACCOUNT = "/settings/account"
SETTINGS_PROFILE = "/settings/profile"
SETTINGS_SECURITY = "/settings/security"
SETTINGS_PRIVACY = "/settings/privacy"
SETTINGS_BLOCKED = "/settings/blocked"
SETTINGS_NOTIFICATIONS = "/settings/notifications"
SETTINGS_APPEARANCE = "/settings/appearance"

API_LOGIN = "/api/login"
API_SIGN_UP = "/api/signup"
API_LOGOUT = "/api/logout"
API_FORGOT = "/api/forgot"
API_RESET = "/api/reset"
API_CONFIRM = "/api/confirm"
API_REFUSE = "/api/confirm/refuse"
API_PASSWORD = "/api/password"
API_EMAIL = "/api/email"
API_ME = "/api/me"
API_MEDIA = "/api/media"
STRENGTH = "/strength"
"""Appended to the URL of a form with a new password: rates the password as it is typed."""
HEALTH = "/_health"
MEDIA = "/media/{media_id}/{width}"

SIGNED_OUT_ONLY = (LOGIN, SIGN_UP)
"""Pages from which people who are signed in are redirected home."""

LINKED = (RESET, CONFIRM)
"""Pages that links in emails lead to, with a token."""

RESERVED = frozenset(
    """
    login signup forgot reset confirm explore search messages notifications stories settings p saved tagged
    api assets about help terms privacy admin static upload ping new media manifest robots sitemap
    favicon index 404
    """.split()
)
"""First path segments that can never be a username."""


def post_url(post_id: str) -> str:
    """Return the URL of a post's page."""
    return f"/p/{post_id}"


def profile_url(username: str) -> str:
    """Return the URL of a person's profile."""
    return f"/{username}"


def chat_url(conversation_id: str) -> str:
    """Return the URL of a conversation."""
    return f"/messages/{conversation_id}"


def media_url(media_id: str, width: int) -> str:
    """Return the URL of a rendition. `width` is one of the stored widths, in pixels."""
    return f"/media/{media_id}/{width}"


def is_local_path(path: str) -> bool:
    """Return whether a redirect target stays on this site (no scheme, no host, no backslash tricks)."""
    return (
        len(path) <= 500
        and path.startswith("/")
        and not path.startswith("//")
        and not any(char in path for char in "\\\r\n\t\0")
    )


def needs_account(path: str) -> bool:
    """Return whether a page requires signing in. `path` has no query string."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return True
    if parts[0] in ("explore", "search", "messages", "notifications", "settings"):
        return True
    return len(parts) == 2 and parts[1] in ("followers", "following", "saved")
