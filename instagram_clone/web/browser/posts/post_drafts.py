"""A photo being made into a post: shown in this browser while it is uploaded in the background."""

from __future__ import annotations

from typing import Any, NamedTuple

from instagram_clone.web.browser.core import (
    Js,
    assign,
    default,
    effect,
    fn,
    let,
    merged,
    name,
    ref,
    state,
    when,
    where,
)
from instagram_clone.web.browser.forms.uploads import discard, refusal, send

BUSY, DONE, FAILED, REFUSED = "busy", "done", "failed", "refused"


class Draft(NamedTuple):
    """The photo, if one has been chosen, and what can be done with it."""

    photo: Js
    """Its local `file` and `url`, its `state`, the fraction `sent` (0 to 1), and `why` it failed, or "".

    When DONE, also its `id`, `width`, `height` and `preview` on the server.
    """
    source: Js
    """The URL to display it from."""
    shape: Js
    """Its width and height, once they are known."""
    begin: Js
    """A function of a file: starts over with that one, replacing any other."""
    remove: Js
    measured: Js
    """A function of the image element that displays it, which records the photo's size."""
    broken: Js
    """A function to call if the browser cannot display this kind of file, to use the server's preview."""
    cleanup: Js
    """For the children: cancels the upload and frees the photo's URL when the component unmounts."""


def draft() -> Draft:
    """A photo being uploaded. For use in an `rx.memo`."""
    photo, set_photo = state("photo", name("undefined"))
    cancel, url = ref("cancel"), ref("url")

    def update(file: Any, more: Any) -> Js:
        # Ignore updates about a file that has been replaced in the meantime.
        return set_photo(lambda now: when(now.file == file, merged(now, more), now))

    def start(file: Js) -> Js:
        return send(
            file,
            progress=lambda sent: update(file, {"sent": sent}),
            done=lambda stored: update(file, merged(stored, {"sent": 1, "state": DONE})),
            failed=lambda why: update(file, {"state": FAILED, "why": why}),
            refused=lambda why: update(file, {"state": REFUSED, "why": why}),
        )

    def release() -> list[Any]:
        # The browser holds the whole file in memory for as long as it has an object URL.
        free = [name("URL.revokeObjectURL")(url.current), assign(url, current=None)]
        return [when(cancel.current, cancel.current()), when(url.current, free)]

    def stop() -> list[Any]:
        return [*release(), when(photo.id, discard(photo.id))]

    def begin(file: Js, why: Js) -> list[Any]:
        chosen = {"file": file, "url": url.current, "sent": 0, "why": why}
        return [
            *stop(),
            assign(url, current=name("URL.createObjectURL")(file)),
            set_photo(merged(chosen, {"state": when(why, REFUSED, BUSY)})),
            when(why, assign(cancel, current=None), assign(cancel, current=start(file))),
        ]

    return Draft(
        photo=photo,
        source=let(when(photo.broken & photo.preview, photo.preview, photo.url)),
        shape=let(default(photo.shape, when(photo.width, photo))),
        begin=fn(lambda file: where(refusal(file), lambda why: begin(file, why))),
        remove=fn(lambda: [*stop(), set_photo(name("undefined"))]),
        measured=fn(
            lambda image: update(
                photo.file,
                {
                    "shape": default(
                        photo.shape, {"width": image.naturalWidth, "height": image.naturalHeight}
                    )
                },
            )
        ),
        broken=fn(lambda: update(photo.file, {"broken": True})),
        cleanup=effect(lambda: fn(lambda: release())),
    )
