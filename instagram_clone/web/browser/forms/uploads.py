"""Photos on their way to the server: chosen, refused, sent with progress, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagram_clone import routes
from instagram_clone.web.browser.core import Js, assign, default, fn, js, name, new, when, where, window

LIMITS = "JPEG, PNG, WebP, HEIC, AVIF or GIF, up to 30 MB."
KINDS = tuple(f"image/{kind}" for kind in ("jpeg", "png", "webp", "heic", "heif", "avif", "gif"))
ACCEPT = ",".join((*KINDS, ".heic", ".heif"))
MAX_BYTES = 30 * 1024 * 1024


def refusal(file: Any) -> Js:
    """Why a file need not even be sent, or "". The server judges by content, not by name."""
    return where(file, _refusal)


def _refusal(file: Js) -> Js:
    kind = when(file.name.includes("."), file.name.split(".").at(-1).toUpperCase(), "This kind of file")
    unsupported = kind + " is not supported. Use JPEG, PNG, WebP, HEIC, AVIF or GIF."
    wrong_kind = when(file.type & ~js(KINDS).includes(file.type), unsupported, "")
    empty = when(file.size == 0, "This file is empty. Choose another photo.", wrong_kind)
    return when(file.size > MAX_BYTES, "This photo is larger than 30 MB. Choose a smaller one.", empty)


def chosen(take: Callable[[Js], Any]) -> Callable[[Js], Any]:
    """The event of an input of files: `take` is given a list of them."""
    return lambda event: [
        where(name("Array.from")(event.target.files), lambda files: when(files.length, take(files))),
        # An input that still holds a file says nothing when that one is chosen once more.
        assign(event.target, value=""),
    ]


def send(
    file: Any,
    *,
    progress: Callable[[Js], Any],
    done: Callable[[Js], Any],
    failed: Callable[[Any], Any],
    refused: Callable[[Any], Any] | None = None,
    use: str = "",
) -> Js:
    """Begin to send a photo: `progress` hears of 0 to 1, `done` of the draft, `failed` why not; `refused`
    instead, where trying again is of no use.

    The value is a function that cancels; nothing is heard after it. `use` is what the photo is for, to
    the server. XMLHttpRequest, because fetch does not tell how much has gone up.
    """

    def answered(request: Js) -> Js:
        why = default(request.response.error, "The server could not take this photo. Try again.")
        not_taken = when(request.status == 422, (refused or failed)(why), failed(why))
        return when(request.status == 200, done(request.response), not_taken)

    def begin(request: Js) -> list[Any]:
        return [
            request.open("POST", f"{routes.API_MEDIA}?use={use}" if use else routes.API_MEDIA),
            assign(
                request,
                responseType="json",
                sent=0,
                onload=lambda: answered(request),
                onerror=lambda: failed(lost(request.sent)),
            ),
            assign(
                request.upload,
                onprogress=lambda event: [
                    assign(request, sent=event.loaded / event.total),
                    progress(request.sent),
                ],
            ),
            request.send(file),
            fn(lambda: request.abort()),
        ]

    return where(new(name("XMLHttpRequest")), begin)


def lost(sent: Any) -> Js:
    """What is said of an upload that broke off after a part, 0 to 1."""
    return "Connection lost at " + percent(sent) + "%. Try again."


def percent(part: Any) -> Js:
    """A part, 0 to 1, in whole percent."""
    return name("Math.round")(js(part) * 100)


def file_size(size: Any) -> Js:
    """A number of bytes in words."""
    bytes_ = js(size)
    whole = name("Math.ceil")(bytes_ / 1024) + " KB"
    return when(bytes_ < 1000 * 1024, whole, (bytes_ / (1024 * 1024)).toFixed(1) + " MB")


def discard(draft_id: Any) -> Js:
    """Take back a photo that was sent and will not be used, even if the page is closing."""
    return window.fetch(
        js(f"{routes.API_MEDIA}/") + draft_id, {"method": "DELETE", "keepalive": True}
    ).catch(lambda _: None)
