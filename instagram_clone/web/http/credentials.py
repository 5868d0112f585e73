"""Forms for an account's credentials: the password, account recovery, and the email address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from instagram_clone import routes
from instagram_clone.domain.core.errors import DomainError, NotSignedIn
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import credentials, devices, email_changes, emails, recovery
from instagram_clone.web import cookies
from instagram_clone.web.html.unavailable_pages import confirmation_page
from instagram_clone.web.http.accounts import read_form, refusal, wants_page
from instagram_clone.web.http.client import address_of, viewer_of

PASSWORD_CHANGED = "Your password has been changed, and your other devices have been logged out."
EMAIL_CHANGE_STARTED = "Check your inbox. Your email changes once you confirm it."


async def forgot(request: Request) -> Response:
    """POST {login}: has a reset link mailed; answers {done}, the same for any name, or why not."""
    try:
        form = await read_form(request, "login")
        message = await recovery.ask(form["login"], address_of(request.scope))
    except DomainError as error:
        return refusal(request, error, routes.FORGOT)
    return _confirmation(request, message, routes.LOGIN, "Log in")


async def reset(request: Request) -> Response:
    """POST {password} with the cookie of an opened link: sets it and redirects to the log-in page."""
    try:
        form = await read_form(request, "password")
        user_id = await recovery.reset(_link(request), form["password"], address_of(request.scope))
    except DomainError as error:
        return refusal(request, error, routes.RESET)
    target = f"{routes.LOGIN}?password=changed"
    page = wants_page(request)
    response = RedirectResponse(target, 303) if page else JSONResponse({"next": target})
    cookies.clear_link(response, routes.API_RESET)
    # As a known device, it isn't locked out by somebody else's attempts to guess the password.
    device = request.cookies.get(cookies.DEVICE, "")
    cookies.put_device(response, devices.remember(device, user_id))
    return response


async def confirm(request: Request) -> Response:
    """POST with the cookie of an opened link: confirms what the link is for; answers {done}, or why not."""
    return await _decide(request, emails.confirm)


async def refuse(request: Request) -> Response:
    """POST with the cookie of an opened link: rejects a change; answers {done}, or why not."""
    return await _decide(request, emails.refuse)


async def _decide(request: Request, decide: Callable[[str, str], Awaitable[str]]) -> Response:
    try:
        message = await decide(_link(request), address_of(request.scope))
    except DomainError as error:
        return refusal(request, error, routes.CONFIRM)
    return _clear_link(_confirmation(request, message, routes.HOME, "Go to Instaclone"))


async def change_password(request: Request) -> Response:
    """POST {current, password}: changes the viewer's password; answers {done}, or why not."""
    try:
        viewer = await _viewer(request)
        form = await read_form(request, "current", "password")
        await credentials.change_password(viewer, form["current"], form["password"])
    except DomainError as error:
        return refusal(request, error, routes.SETTINGS_SECURITY)
    return _confirmation(request, PASSWORD_CHANGED, routes.SETTINGS_SECURITY, "Back to settings")


async def change_email(request: Request) -> Response:
    """POST {email, current}: starts changing the viewer's address; answers {done}, or why not."""
    try:
        viewer = await _viewer(request)
        form = await read_form(request, "email", "current")
        await email_changes.begin(viewer, form["email"], form["current"])
    except DomainError as error:
        return refusal(request, error, routes.SETTINGS_ACCOUNT)
    return _confirmation(request, EMAIL_CHANGE_STARTED, routes.SETTINGS_ACCOUNT, "Back to settings")


async def _viewer(request: Request) -> Viewer:
    viewer = await viewer_of(request.scope)
    if viewer is None:
        raise NotSignedIn
    return viewer


def _link(request: Request) -> str:
    return cookies.link_in(request.headers.get("cookie", ""))


def _clear_link(response: Response) -> Response:
    cookies.clear_link(response, routes.API_CONFIRM)
    return response


def _confirmation(request: Request, message: str, link: str, label: str) -> Response:
    return (
        confirmation_page(message, link, label) if wants_page(request) else JSONResponse({"done": message})
    )
