"""Photos in HTML that the server writes: which renditions there are, and how wide they are drawn.

What a browser chooses by that is what the components show later (browser/posts/renditions.py), lest it
fetch twice.
"""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.domain.media.imaging import DENSE_PHONE_WIDTH
from instagram_clone.domain.media.media import Photo
from instagram_clone.web.browser.posts.renditions import Box
from instagram_clone.web.html.parts.markup import Html, el

USUAL_WIDTH = 640


def preload(photo: Photo, wanted: str) -> Html:
    """Have the browser fetch a photo before it has met it, as large as its `sizes` say."""
    return el(
        "link",
        rel="preload",
        as_="image",
        imagesrcset=srcset(photo),
        imagesizes=wanted,
        fetchpriority="high",
    )


def srcset(photo: Photo) -> str:
    """The renditions and how wide they are."""
    return ", ".join(f"{routes.media_url(photo.id, width)} {width}w" for width in photo.widths)


def source(photo: Photo) -> str:
    """The rendition for browsers that choose none."""
    return routes.media_url(
        photo.id, next((one for one in photo.widths if one >= USUAL_WIDTH), photo.widths[-1])
    )


def sizes(photo: Photo, box: Box, box_aspect: float = 1) -> str:
    """How wide a photo is drawn that fills a box and is cut by it."""
    wider = max(1, aspect(photo) / box_aspect)
    dense = box.dense_widths() if DENSE_PHONE_WIDTH in photo.widths else []
    cases = ((condition, str(wider * width), unit) for condition, width, unit in dense + box.widths())
    return "".join(f"{condition}{width.removesuffix('.0')}{unit}" for condition, width, unit in cases)


def aspect(photo: Photo) -> float:
    """A photo's shape, width by height."""
    return photo.width / photo.height


def avatar(address: str, username: str, size: int) -> Html:
    """Somebody's photo, or the first letter of their name, for the eyes only."""
    style = f"--sz: {size}px"
    if address:
        image = el("img", src=address, width=size, height=size, alt="")
        return el("span", image, class_="ic-avatar", aria_hidden="true", style=style)
    letter = username[:1].upper()
    return el("span", letter, class_="ic-avatar is-initials", aria_hidden="true", style=style)
