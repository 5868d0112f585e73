"""The output of the production build: its pages, its files, and which scripts may run in them.

Read once: a new build requires a restart. In development there is no build.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from instagram_clone.web.build_adapter import web_folder
from instagram_clone.web.html.scripts import Route, routes_in, scripts_at

_PRELOADS = re.compile(r'(?:<link rel="modulepreload" href="/[^"]*"/>)+')
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.S)


@functools.cache
def files() -> frozenset[str]:
    """Return the paths of all files, relative to the root of the site."""
    found = (path for path in _folder().rglob("*") if path.is_file())
    return frozenset(path.relative_to(_folder()).as_posix() for path in found)


@functools.cache
def pages() -> dict[str, str]:
    """Return the HTML of the prerendered pages, by path without leading and trailing slashes."""
    indexes = (path for path in files() if path.rpartition("/")[2] == "index.html")
    return {path.removesuffix("index.html").strip("/"): _read(path) for path in indexes}


def fallback(path: str = "") -> str:
    """Return the HTML for all other addresses, where scripts render the right page; "" in development.

    It is built once for all of them and preloads the scripts of none. Those of the path are added, or a
    browser would discover them only once the first scripts had run.
    """
    return _fallback(tuple(scripts_at(path, _routes()))) if "404.html" in files() else ""


def with_head(html: str, head: str) -> str:
    """Insert HTML into a page's head, after the character set and before anything that is fetched."""
    before, link, after = html.partition("<link")
    return before + head + link + after


def with_body(html: str, body: str) -> str:
    """Insert HTML into the body of a page that has no content yet, and let it load before the scripts."""
    if not body:
        return html
    deferred = html.replace('rel="modulepreload"', 'rel="modulepreload" fetchpriority="low"')
    return deferred.replace("<body>", f"<body>{body}", 1)


@functools.cache
def policy() -> str:
    """Return the Content-Security-Policy of pages: our own files, and the inline scripts of this build."""
    scripts = {script for html in (*pages().values(), fallback()) for script in _INLINE.findall(html)}
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    allowed = " ".join(f"'sha256-{one}'" for one in sorted(hashes))
    return (
        f"default-src 'self'; script-src 'self' {allowed}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
    )


@functools.cache
def _routes() -> dict[Route, list[str]]:
    manifests = [path for path in files() if path.startswith("assets/manifest-") and path.endswith(".js")]
    return routes_in((_folder() / manifests[0]).read_text()) if manifests else {}


@functools.cache
def _fallback(scripts: tuple[str, ...]) -> str:
    return _read("404.html", scripts)


def _read(path: str, scripts: tuple[str, ...] = ()) -> str:
    """Read a page, with its script preloads, and those of some more scripts, ordered by size."""

    def with_more(found: re.Match[str]) -> str:
        more = (f'<link rel="modulepreload" href="{one}"/>' for one in scripts if one not in found[0])
        return sort_by_size(found[0] + "".join(more), _size)

    return _PRELOADS.sub(with_more, (_folder() / path).read_text(), count=1)


def sort_by_size(links: str, size: Callable[[str], int]) -> str:
    """Sort the preloads of scripts by size.

    Over HTTP/1.1 a browser downloads six files at a time, which share the bandwidth equally. Next to large
    scripts, the style sheet and the first photo, without which nothing is visible, would be just as late.
    """
    each = [f"<link{link}" for link in links.split("<link")[1:]]
    return "".join(sorted(each, key=lambda link: size(link.split('href="/')[1].partition('"')[0])))


def _size(path: str) -> int:
    return (_folder() / path).stat().st_size if path in files() else 0


def _folder() -> Path:
    return web_folder() / "build" / "client"
