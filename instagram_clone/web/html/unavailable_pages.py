"""Self-contained pages: for outages and errors, and as answers to forms sent before any script has run."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

RETRY_SECONDS = 3

# Inline, because whatever would serve a style sheet may be what is down.
_STYLE = """
:root { color-scheme: light dark; --bg: #FAF9F6; --text: #1D1B17; --muted: #69635A }
@media (prefers-color-scheme: dark) { :root { --bg: #121110; --text: #F4F1EA; --muted: #A39C91 } }
body { display: grid; place-content: center; min-height: 100dvh; margin: 0; padding: 24px;
  text-align: center; box-sizing: border-box; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif }
h1 { margin: 28px 0 8px; font-size: 28px; line-height: 1.2 }
p { max-width: 40ch; margin: 0; color: var(--muted) }
a { display: inline-block; margin-top: 20px; color: inherit; font-weight: 600 }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<title>{title} · Instaclone</title>
<style>{style}</style>
</head>
<body>
<main>
<svg width="96" height="96" viewBox="0 0 32 32" aria-hidden="true">
<rect x="10" y="3" width="19" height="19" rx="6" fill="#F0775E"/>
<rect x="3" y="10" width="19" height="19" rx="6" fill="#0E6763"/>
<circle cx="16" cy="16" r="6" fill="#F7D9A8"/>
</svg>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def outage_page() -> HTMLResponse:
    """Return the page for an outage, which reloads by itself.

    Its status, 503, tells caches and search engines to retry as well.
    """
    return _page(
        "One moment",
        '<p role="status">Instaclone is temporarily unavailable. This page will try again by itself.</p>',
        503,
        {"retry-after": str(RETRY_SECONDS)},
        head=f'<meta http-equiv="refresh" content="{RETRY_SECONDS}">',
    )


def error_page(number: str, retry_url: str) -> HTMLResponse:
    """Return the page for an internal error, which reloading would not fix.

    `number` identifies the error in the log; `retry_url` is the address that was requested.
    """
    body = f'<p role="alert">Error {number}</p>\n<a href="{escape(retry_url)}">Try again</a>'
    return _page("Something broke on our side", body, 500, {})


def refusal_page(sentence: str, back: str, status: int, headers: dict[str, str]) -> HTMLResponse:
    """Return the page that says why a form sent without scripts was refused, with a link back to it."""
    body = f'<p role="alert">{escape(sentence)}</p>\n<a href="{escape(back)}">Back to the form</a>'
    return _page("That did not work", body, status, headers)


def confirmation_page(sentence: str, link: str, label: str) -> HTMLResponse:
    """Return the page that confirms such a form, with a link to continue."""
    body = f'<p role="status">{escape(sentence)}</p>\n<a href="{escape(link)}">{escape(label)}</a>'
    return _page("Done", body, 200, {})


def _page(title: str, body: str, status: int, headers: dict[str, str], head: str = "") -> HTMLResponse:
    policy = f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src 'self'; frame-ancestors 'none'"
    text = _PAGE.format(title=title, body=body, head=head, style=_STYLE)
    return HTMLResponse(
        text, status, {**headers, "content-security-policy": policy, "cache-control": "no-store"}
    )
