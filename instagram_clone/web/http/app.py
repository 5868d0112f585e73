"""The list of our HTTP routes."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from instagram_clone import availability, routes
from instagram_clone.web.http import accounts, credentials, failures, health, media, strength


def http_routes() -> Starlette:
    """Return the app with these routes, under which Reflex mounts its own."""
    return Starlette(
        routes=[
            Route(routes.API_LOGIN, accounts.log_in, methods=["POST"]),
            Route(routes.API_SIGN_UP, accounts.sign_up, methods=["POST"]),
            Route(routes.API_LOGOUT, accounts.log_out, methods=["POST"]),
            Route(routes.API_FORGOT, credentials.forgot, methods=["POST"]),
            Route(routes.API_RESET, credentials.reset, methods=["POST"]),
            Route(routes.API_CONFIRM, credentials.confirm, methods=["POST"]),
            Route(routes.API_REFUSE, credentials.refuse, methods=["POST"]),
            Route(routes.API_PASSWORD, credentials.change_password, methods=["POST"]),
            Route(routes.API_SIGN_UP + routes.STRENGTH, strength.for_sign_up, methods=["POST"]),
            Route(routes.API_RESET + routes.STRENGTH, strength.for_reset, methods=["POST"]),
            Route(routes.API_PASSWORD + routes.STRENGTH, strength.for_change, methods=["POST"]),
            Route(routes.API_EMAIL, credentials.change_email, methods=["POST"]),
            Route(routes.API_ME, accounts.me, methods=["GET"]),
            Route(routes.API_MEDIA, media.upload, methods=["POST"]),
            Route(routes.API_MEDIA + "/{media_id}", media.discard, methods=["DELETE"]),
            Route(routes.MEDIA, media.show, methods=["GET"]),
            Route(routes.HEALTH, health.show, methods=["GET"]),
        ],
        # Starlette re-raises after `Exception` handlers; outages have their own, to be logged only once.
        exception_handlers=dict.fromkeys((*availability.OUTAGES, Exception), failures.failure_response),
    )
