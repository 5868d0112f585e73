"""Photos in server-generated HTML: which renditions there are, and how wide they are drawn.

They lead a browser to the same rendition that the components show later (browser/posts/renditions.py), so
that it doesn't fetch two.
"""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.domain.media.imaging import DENSE_PHONE_WIDTH
from instagram_clone.domain.media.media import Photo
from instagram_clone.web.browser.posts.renditions import Box
from instagram_clone.web.html.parts.markup import Html, el

USUAL_WIDTH = 640


def preload(photo: Photo, wanted: str) -> Html:
    """Return a preload link for a photo; `wanted` is its `sizes`, which determine the rendition."""
    return el(
        "link",
        rel="preload",
        as_="image",
        imagesrcset=srcset(photo),
        imagesizes=wanted,
        fetchpriority="high",
    )


def srcset(photo: Photo) -> str:
    """Return the renditions and their widths."""
    return ", ".join(f"{routes.media_url(photo.id, width)} {width}w" for width in photo.widths)


def source(photo: Photo) -> str:
    """Return the rendition for browsers without `srcset` support."""
    return routes.media_url(
        photo.id, next((one for one in photo.widths if one >= USUAL_WIDTH), photo.widths[-1])
    )


def sizes(photo: Photo, box: Box, box_aspect: float = 1) -> str:
    """Return how wide a photo is drawn that fills a box and is cropped to it."""
    wider = max(1, aspect(photo) / box_aspect)
    dense = box.dense_widths() if DENSE_PHONE_WIDTH in photo.widths else []
    cases = ((condition, str(wider * width), unit) for condition, width, unit in dense + box.widths())
    return "".join(f"{condition}{width.removesuffix('.0')}{unit}" for condition, width, unit in cases)


def aspect(photo: Photo) -> float:
    """Return a photo's aspect ratio, width by height."""
    return photo.width / photo.height


def avatar(address: str, username: str, size: int) -> Html:
    """Return a person's photo or the first letter of their username, hidden from screen readers."""
    style = f"--sz: {size}px"
    if address:
        image = el("img", src=address, width=size, height=size, alt="")
        return el("span", image, class_="ic-avatar", aria_hidden="true", style=style)
    letter = username[:1].upper()
    return el("span", letter, class_="ic-avatar is-initials", aria_hidden="true", style=style)
