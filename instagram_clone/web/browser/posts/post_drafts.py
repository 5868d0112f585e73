"""A photo that is being made a post: in this browser, and on its way to the server meanwhile."""

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
    """The photo, if one was chosen, and what can be done with it."""

    photo: Js
    """Its `file` and `url` here, its `state`, and how much of it was `sent`, 0 to 1, or `why` not.

    When DONE also its `id`, `width`, `height` and `preview` on the server.
    """
    source: Js
    """The address to show it from."""
    shape: Js
    """Its width and height, as soon as they are known."""
    begin: Js
    """A function of a file: begins with that one, in place of any other."""
    remove: Js
    measured: Js
    """A function of the image element that shows it."""
    broken: Js
    """A function: the browser cannot show this kind of file, the server's preview is needed."""
    cleanup: Js
    """For the children: an upload, and the photo's address, end with what they are for."""


def draft() -> Draft:
    """A photo on its way. For bodies of `rx.memo`."""
    photo, set_photo = state("photo", name("undefined"))
    cancel, url = ref("cancel"), ref("url")

    def note(file: Any, more: Any) -> Js:
        # What is heard of a file that was replaced meanwhile concerns nobody.
        return set_photo(lambda now: when(now.file == file, merged(now, more), now))

    def start(file: Js) -> Js:
        return send(
            file,
            progress=lambda sent: note(file, {"sent": sent}),
            done=lambda stored: note(file, merged(stored, {"sent": 1, "state": DONE})),
            failed=lambda why: note(file, {"state": FAILED, "why": why}),
            refused=lambda why: note(file, {"state": REFUSED, "why": why}),
        )

    def let_go() -> list[Any]:
        # The browser keeps the whole file for as long as it has an address.
        free = [name("URL.revokeObjectURL")(url.current), assign(url, current=None)]
        return [when(cancel.current, cancel.current()), when(url.current, free)]

    def stop() -> list[Any]:
        return [*let_go(), when(photo.id, discard(photo.id))]

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
            lambda image: note(
                photo.file,
                {
                    "shape": default(
                        photo.shape, {"width": image.naturalWidth, "height": image.naturalHeight}
                    )
                },
            )
        ),
        broken=fn(lambda: note(photo.file, {"broken": True})),
        cleanup=effect(lambda: fn(lambda: let_go())),
    )
