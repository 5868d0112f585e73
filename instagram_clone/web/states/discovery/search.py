"""The search slice: the results for the text typed, and the recent searches."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace

import reflex as rx

from instagram_clone import live
from instagram_clone.domain.core.errors import NotSignedIn
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents, search
from instagram_clone.domain.discovery.events import RecentsChanged
from instagram_clone.domain.discovery.recents import Recent
from instagram_clone.domain.discovery.search import PersonHit, PostHit
from instagram_clone.domain.posts.events import PostDeleted
from instagram_clone.live import topics
from instagram_clone.web import notices
from instagram_clone.web.access import CallerSelf, without_state
from instagram_clone.web.states.discovery.superseding import one_at_a_time
from instagram_clone.web.states.moments import now_ms
from instagram_clone.web.states.session import viewer_of
from instagram_clone.web.states.unwrap_proxy import unwrap_proxy
from instagram_clone.web.states.withdrawals import VisibilityChange, reading, withdraws

TOP, PEOPLE, POSTS = "Top", "People", "Posts"

MAX_RESULTS = 200
"""Results kept on one screen; loading more drops the first, which can be loaded again."""


@dataclass(frozen=True)
class Answer:
    """The results for a text in one part of the search, or a sentence, `why`, if it failed.

    It names its own query: a browser shows it only while that is the current one. `past_start` is True once
    the first results have been dropped.
    """

    text: str = ""
    part: str = TOP
    people: list[PersonHit] = field(default_factory=list)
    posts: list[PostHit] = field(default_factory=list)
    done: bool = True
    past_start: bool = False
    why: str = ""


class SearchState(rx.State):
    """The last answer, and the recent searches, while either is on screen.

    A recent search that the browser removed before `recents_at`, in ms, but that is still listed could not
    be removed.
    """

    answer: Answer = Answer()
    recents: list[Recent] = []
    recents_at: float = 0.0

    _cursor: str = ""

    @rx.event
    async def open(self):
        """Show the recent searches, and keep them up to date with other tabs."""
        viewer = await viewer_of(self)
        search.prepare(viewer)
        await live.watch(live.token_of(self), "recents", [topics.recents(viewer.id)])
        await self._read_recents()
        self.recents_at = now_ms()

    @rx.event
    def close(self):
        """Clear the results and the recent searches."""
        self._clear()

    @rx.event(supersedes=True)
    async def search(self, text: str, part: str):
        """Search for a text. A newer search of the same tab supersedes one that is still waiting."""
        if part in _PARTS:
            await self._search(text, part)

    @rx.event
    async def more(self):
        """Show the next page."""
        shown = unwrap_proxy(self.answer)
        if self._cursor:
            with reading(self):
                page, self._cursor = await _PARTS[shown.part](
                    await viewer_of(self), shown.text, self._cursor
                )
                # A part with more pages has either people or posts.
                people, posts = [*shown.people, *page.people], [*shown.posts, *page.posts]
                self.answer = Answer(
                    shown.text,
                    shown.part,
                    people[-MAX_RESULTS:],
                    posts[-MAX_RESULTS:],
                    done=not self._cursor,
                    past_start=shown.past_start or len(people) + len(posts) > MAX_RESULTS,
                )
                self._watch()

    @rx.event
    @without_state
    async def remember_person(caller: CallerSelf, user_id: str):
        """Add a person to the recent searches."""
        await recents.remember(caller.viewer, person_id=user_id)

    @rx.event
    @without_state
    async def remember_text(caller: CallerSelf, text: str):
        """Add a search text to the recent searches."""
        await recents.remember(caller.viewer, text=text)

    @rx.event
    async def remove(self, recent_id: str):
        """Remove one recent search."""
        with self._restore_on_failure():
            await recents.remove(await viewer_of(self), recent_id)

    @rx.event
    async def remove_all(self):
        """Remove all recent searches."""
        with self._restore_on_failure():
            await recents.clear(await viewer_of(self))

    async def _search(self, text: str, part: str) -> None:
        viewer = await viewer_of(self)
        with reading(self):
            try:
                found, cursor = await one_at_a_time(
                    live.token_of(self), lambda: _PARTS[part](viewer, text, "")
                )
            except NotSignedIn:
                raise
            except Exception as error:
                self.answer, self._cursor = Answer(text, part, why=notices.sentence(error)), ""
            else:
                self._cursor = cursor
                self.answer = Answer(text, part, found.people, found.posts, done=not cursor)
            self._watch()

    def _watch(self) -> None:
        """Watch the posts among the results, to learn when they may no longer be seen."""
        live.watch(
            live.token_of(self),
            "search",
            [topics.card(post.id) for post in unwrap_proxy(self.answer).posts],
        )

    async def _read_recents(self) -> None:
        self.recents = await recents.recent(await viewer_of(self))

    @contextlib.contextmanager
    def _restore_on_failure(self) -> Iterator[None]:
        """If the removal fails, restore what the browser has already removed from the list."""
        try:
            yield
        except Exception:
            self.recents_at = now_ms()
            raise

    def _clear(self) -> None:
        for scope in ("search", "recents"):
            live.unwatch(live.token_of(self), scope)
        self.answer, self._cursor = Answer(), ""
        self.recents, self.recents_at = [], 0.0


Found = tuple[search.Results, str]


async def _top(viewer: Viewer, text: str, _: str) -> Found:
    return await search.everything(viewer, text), ""


async def _people(viewer: Viewer, text: str, after: str) -> Found:
    page = await search.people(viewer, text, after=after or None)
    return search.Results(page.people, []), page.cursor


async def _posts(viewer: Viewer, text: str, after: str) -> Found:
    page = await search.posts(viewer, text, after=after or None)
    return search.Results([], page.posts), page.cursor


_PARTS: dict[str, Callable[[Viewer, str, str], Awaitable[Found]]] = {
    TOP: _top,
    PEOPLE: _people,
    POSTS: _posts,
}


@withdraws(SearchState)
async def sight_changed(tab: SearchState, _: VisibilityChange) -> None:
    """Search again, and reload the recent searches, as visibility has changed."""
    shown = unwrap_proxy(tab.answer)
    if shown.text:
        await tab._search(shown.text, shown.part)
    if tab.recents_at:
        await tab._read_recents()


@live.on(PostDeleted, SearchState, lambda event: [topics.card(event.post_id)])
def post_deleted(tab: SearchState, event: PostDeleted) -> None:
    """Remove a deleted post from the results."""
    shown = unwrap_proxy(tab.answer)
    tab.answer = replace(shown, posts=[post for post in shown.posts if post.id != event.post_id])
    tab._watch()


@live.on(RecentsChanged, SearchState, lambda event: [topics.recents(event.by)], pause=0.3)
async def recents_changed(tab: SearchState, _: RecentsChanged) -> None:
    """Reload the recent searches where they are shown."""
    if tab.recents_at:
        await tab._read_recents()
