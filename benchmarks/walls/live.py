"""Walls between the domain and the screens: presence, the recipients of updates, and their order."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import statistics
import time

from bson import ObjectId

from benchmarks.walls import crowds
from benchmarks.walls.measuring import Place, Took, ids, median
from instagram_clone import live
from instagram_clone.domain.people import presence
from instagram_clone.domain.people.events import ProfileEdited
from instagram_clone.domain.posts.events import PostPublished
from instagram_clone.live import topics
from instagram_clone.live.bus import handlers
from instagram_clone.web.states.posts import home_updates
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState

ONLINE = 100_000
FOLLOWERS = 1_000_000
TABS = 1_000
NOTHING = PostPublished(**dict.fromkeys(PostPublished.__dataclass_fields__, ""))


async def arriving(place: Place) -> dict[str, Took]:
    """Connect and disconnect a person who follows 200 people, 50 of whom are online and follow back."""
    friends = await crowds.copies_of(place.reader, 200)
    comers = await crowds.copies_of(place.reader, 100)
    for one in (place.reader, *comers):
        rows = [{"follower": one.oid, "followee": friend.oid} for friend in friends]
        rows += [{"follower": friend.oid, "followee": one.oid} for friend in friends[:50]]
        await crowds.insert("follows", rows)
    crowds.be_online([*(one.id for one in friends[:50]), *ids(ONLINE // 2)], ids(ONLINE // 2))

    first = iter(comers)

    async def all_come() -> None:
        await asyncio.gather(*(presence.connected(one.id) for one in comers))

    async def all_go() -> None:
        await asyncio.gather(*(presence.disconnected(one.id) for one in comers))

    return {
        "comes for the first time": await median(lambda: presence.connected(next(first).id), len(comers)),
        "comes": await median(lambda: presence.connected(place.reader.id), 200),
        "goes": await median(lambda: presence.disconnected(place.reader.id), 200),
        "each of 100 who come at once": await median(all_come, 20, 100),
        "each of 100 who go at once": await median(all_go, 20, 100),
    }


async def here(_: Place) -> dict[str, Took]:
    """Look up the presence of people who are online, in any process, and of people who are not."""
    crowd = ids(ONLINE)
    crowds.be_online(crowd[: ONLINE // 2], crowd[ONLINE // 2 :])
    asked = [*random.sample(crowd, 500), *ids(500)]

    async def ask() -> None:
        for one in asked:
            live.is_online(one)

    return {"is somebody here": await median(ask, 100, len(asked))}


async def edits(place: Place) -> dict[str, Took]:
    """Edit a profile that every tab shows, and right after that, update one person's own tab."""
    done = asyncio.Event()
    users = ids(2000)
    tokens = crowds.open_tabs([*users, place.reader.id])
    for token in tokens[:-1]:
        live.watch(token, "bench", [topics.profile("crowd")])
    live.watch(tokens[-1], "bench", [topics.profile("own")])
    live.on(ProfileEdited, TimelineState, lambda event: [topics.profile(event.username)])(lambda *_: None)
    live.on(PostPublished, SessionState, lambda _: [topics.profile("own")])(lambda *_: done.set())
    took = []
    for _ in range(3):
        await handlers.deliver(ProfileEdited(place.star.id, "crowd"))
        await asyncio.sleep(0.1)
        done.clear()
        began = time.perf_counter()
        await handlers.deliver(NOTHING)
        await done.wait()
        took.append((time.perf_counter() - began) * 1000)
        await live.settled()
    return {"own change": Took(statistics.median(took))}


async def stars(place: Place) -> dict[str, Took]:
    """Deliver a star's post to a process in which a thousand people have home open."""
    print(f"    (making {FOLLOWERS:,} followers)", flush=True)
    fans = [ObjectId() for _ in range(FOLLOWERS)]
    await crowds.follow_each(fans, place.star.oid)
    users = [str(one) for one in random.sample(fans, TABS)]
    for token, user_id in zip(crowds.open_tabs(users), users, strict=True):
        live.watch(token, "timeline", [topics.home(user_id), *map(topics.post, ids(12))])
    crowds.be_online([], [str(one) for one in random.sample(fans, ONLINE)])
    event = dataclasses.replace(NOTHING, post_id=place.post_id, author_id=place.star.id)
    found = {
        "who is to know": await median(lambda: home_updates._followers_online(event), 30),
        "what is heard next waits": await median(lambda: handlers.deliver(event), 1),
    }
    await live.settled()
    return found
