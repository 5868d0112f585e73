"""A public profile page before any script runs: a readable copy of what pages/profile.py shows visitors,
with working links.

The page that scripts render replaces it once it has as much to show (components/elements/sent.py); as with
cards.py, nothing shifts then.
"""

from __future__ import annotations

from instagram_clone import routes
from instagram_clone.domain.people.profiles import Profile
from instagram_clone.domain.posts.post_cards import PostCard
from instagram_clone.web.browser.posts.renditions import GRID
from instagram_clone.web.html.parts.icons import button, icon
from instagram_clone.web.html.parts.markup import Html, el
from instagram_clone.web.html.parts.photos import avatar, sizes, source, srcset
from instagram_clone.web.html.parts.words import pluralize, short

TILES = 9
EAGER_TILES = 3
"""How many photos are fetched at once: more would compete with the scripts, which soon fetch the rest."""

ELEMENT_ID = "sent-page"
"""The id of the server-generated page."""


def profile_page(profile: Profile, posts: list[PostCard]) -> Html:
    """Return a person's page with their latest photos."""
    return el(
        "div",
        el("aside", class_="ic-sidebar"),
        _topbar(profile),
        el("main", el("div", _head(profile), _tabs(), _grid(posts), class_="ic-page"), class_="ic-main"),
        id=ELEMENT_ID,
        class_="ic-app is-early ic-first",
    )


def _topbar(profile: Profile) -> Html:
    return el(
        "header",
        button("Back", "chevron-left", "ic-iconbtn"),
        el("h1", profile.username, class_="ic-topbar-title ic-truncate"),
        el("span", style="width: 44px"),
        class_="ic-topbar has-back",
    )


def _head(profile: Profile) -> Html:
    return el(
        "header",
        el("div", avatar(profile.avatar, profile.username, 136), class_="ic-profile-pic has-no-ring"),
        el(
            "div",
            el(
                "div",
                el("h1", profile.username),
                el("button", "Follow", type="button", class_="ic-btn is-sm is-primary"),
                el("a", "Message", href=f"{routes.MESSAGES}?to={profile.id}", class_="ic-btn is-sm"),
                button("More options", "ellipsis", "ic-iconbtn is-sm", size=20),
                class_="ic-profile-top",
            ),
            el(
                "ul",
                _number(profile.posts, pluralize(profile.posts, "post")),
                _number(profile.followers, pluralize(profile.followers, "follower")),
                _number(profile.following, "following"),
                class_="ic-stats",
            ),
            el(
                "div",
                el("p", profile.name, dir="auto", class_="ic-profile-name"),
                el("p", profile.bio, dir="auto", class_="ic-profile-bio ic-breaks") if profile.bio else "",
                _website(profile.website) if profile.website else "",
                class_="ic-profile-text",
            ),
            class_="ic-profile-info",
        ),
        class_="ic-profile-head",
    )


def _number(count: int, word: str) -> Html:
    return el("li", el("b", short(count)), " ", word)


def _website(address: str) -> Html:
    return el(
        "a",
        icon("link", 16),
        el("span", address.partition("://")[2], class_="ic-truncate"),
        href=address,
        rel="nofollow ugc noopener me",
        target="_blank",
        class_="ic-profile-link",
    )


def _tabs() -> Html:
    tab = el("span", icon("grid-3x3", 18), "Posts", role="tab", aria_selected="true")
    return el("div", tab, class_="ic-tabs", role="tablist", aria_label="Profile sections")


def _grid(posts: list[PostCard]) -> Html:
    tiles = (_tile(post, eager=number < EAGER_TILES) for number, post in enumerate(posts))
    return el("div", *tiles, class_="ic-grid")


def _tile(post: PostCard, *, eager: bool) -> Html:
    photo = post.photo
    image = el(
        "img",
        src=source(photo),
        srcset=srcset(photo),
        sizes=sizes(photo, GRID),
        width=photo.width,
        height=photo.height,
        alt="",
    )
    likes = f"{post.likes:,} {pluralize(post.likes, 'like')}"
    comments = f"{post.comments:,} {pluralize(post.comments, 'comment')}"
    return el(
        "a",
        image if eager else el("noscript", image),
        href=routes.post_url(post.id),
        class_="ic-tile",
        aria_label=f"Photo, {likes}, {comments}",
        style=f'--ph: url("{photo.placeholder}") center/cover',
    )
