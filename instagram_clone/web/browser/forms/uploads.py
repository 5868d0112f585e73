"""Photo uploads: choosing files, refusing them, sending with progress, and cancelling."""

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
    """Return why a file is refused without being sent, or "". The server judges by content, not by name."""
    return where(file, _refusal)


def _refusal(file: Js) -> Js:
    kind = when(file.name.includes("."), file.name.split(".").at(-1).toUpperCase(), "This kind of file")
    unsupported = kind + " is not supported. Use JPEG, PNG, WebP, HEIC, AVIF or GIF."
    wrong_kind = when(file.type & ~js(KINDS).includes(file.type), unsupported, "")
    empty = when(file.size == 0, "This file is empty. Choose another photo.", wrong_kind)
    return when(file.size > MAX_BYTES, "This photo is larger than 30 MB. Choose a smaller one.", empty)


def on_choose(handle: Callable[[Js], Any]) -> Callable[[Js], Any]:
    """Return the change handler of a file input, which passes a list of the files to `handle`."""
    return lambda event: [
        where(name("Array.from")(event.target.files), lambda files: when(files.length, handle(files))),
        # An input that still holds a file fires no event when the same file is chosen again.
        assign(event.target, value=""),
    ]


def carries_files(event: Js) -> Js:
    """Return whether files are being dragged, or were dropped, rather than text."""
    # While they are dragged, the files themselves are hidden from the page.
    return event.dataTransfer.types.includes("Files")


def send(
    file: Any,
    *,
    progress: Callable[[Js], Any],
    done: Callable[[Js], Any],
    failed: Callable[[Any], Any],
    refused: Callable[[Any], Any] | None = None,
    use: str = "",
) -> Js:
    """Start uploading a photo: `progress` is called with 0 to 1, `done` with the draft, and `failed` with
    the reason, or `refused` instead if a retry is pointless.

    The value is a function that cancels the upload, after which nothing is called. `use` tells the server
    what the photo is for. Uses XMLHttpRequest, because fetch does not report upload progress.
    """

    def on_answer(request: Js) -> Js:
        why = default(request.response.error, "The server could not take this photo. Try again.")
        rejected = when(request.status == 422, (refused or failed)(why), failed(why))
        return when(request.status == 200, done(request.response), rejected)

    def begin(request: Js) -> list[Any]:
        return [
            request.open("POST", f"{routes.API_MEDIA}?use={use}" if use else routes.API_MEDIA),
            assign(
                request,
                responseType="json",
                sent=0,
                onload=lambda: on_answer(request),
                onerror=lambda: failed(lost_message(request.sent)),
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


def lost_message(sent: Any) -> Js:
    """Return the message for an upload that broke off at a fraction, 0 to 1."""
    return "Connection lost at " + percent(sent) + "%. Try again."


def percent(part: Any) -> Js:
    """Return a fraction, 0 to 1, as a whole percentage."""
    return name("Math.round")(js(part) * 100)


def file_size(size: Any) -> Js:
    """Return a number of bytes as text: "12 KB", "3.4 MB"."""
    bytes_ = js(size)
    whole = name("Math.ceil")(bytes_ / 1024) + " KB"
    return when(bytes_ < 1000 * 1024, whole, (bytes_ / (1024 * 1024)).toFixed(1) + " MB")


def discard(draft_id: Any) -> Js:
    """Delete an uploaded photo that will not be used, even while the page is closing."""
    return window.fetch(
        js(f"{routes.API_MEDIA}/") + draft_id, {"method": "DELETE", "keepalive": True}
    ).catch(lambda _: None)
