"""What the production build has made: its pages, its files, and which scripts may run in them.

Read once: whoever builds anew starts anew. In development there is nothing here.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

from reflex.utils.prerequisites import get_web_dir

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.S)


@functools.cache
def files() -> frozenset[str]:
    """The paths of all files, relative to the root of the site."""
    found = (path for path in _folder().rglob("*") if path.is_file())
    return frozenset(path.relative_to(_folder()).as_posix() for path in found)


@functools.cache
def pages() -> dict[str, str]:
    """The HTML of the pages that were built ahead, by path without slashes at its ends."""
    own = (path for path in files() if path.rpartition("/")[2] == "index.html")
    return {path.removesuffix("index.html").strip("/"): (_folder() / path).read_text() for path in own}


@functools.cache
def fallback() -> str:
    """The HTML of every other address, which shows there what belongs there; "" in development."""
    return (_folder() / "404.html").read_text() if "404.html" in files() else ""


@functools.cache
def policy() -> str:
    """The Content-Security-Policy of pages: our own files, and the inline scripts of this very build."""
    scripts = {script for html in (*pages().values(), fallback()) for script in _INLINE.findall(html)}
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    allowed = " ".join(f"'sha256-{one}'" for one in sorted(hashes))
    return (
        f"default-src 'self'; script-src 'self' {allowed}; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; connect-src 'self'; "
        "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
    )


def _folder() -> Path:
    return get_web_dir() / "build" / "client"
