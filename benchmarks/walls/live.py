"""Walls between the domain and the screens: presence, the recipients of updates, and their order."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import statistics
import time

from bson import ObjectId

from benchmarks.walls import crowds
from benchmarks.walls.measuring import Data, Median, ids, median
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


async def arriving(data: Data) -> dict[str, Median]:
    """Connect and disconnect a person who follows 200 people, 50 of whom are online and follow back."""
    friends = await crowds.copies_of(data.reader, 200)
    visitors = await crowds.copies_of(data.reader, 100)
    for one in (data.reader, *visitors):
        rows = [{"follower": one.oid, "followee": friend.oid} for friend in friends]
        rows += [{"follower": friend.oid, "followee": one.oid} for friend in friends[:50]]
        await crowds.insert("follows", rows)
    crowds.be_online([*(one.id for one in friends[:50]), *ids(ONLINE // 2)], ids(ONLINE // 2))

    first = iter(visitors)

    async def all_connect() -> None:
        await asyncio.gather(*(presence.connected(one.id) for one in visitors))

    async def all_disconnect() -> None:
        await asyncio.gather(*(presence.disconnected(one.id) for one in visitors))

    return {
        "connects for the first time": await median(
            lambda: presence.connected(next(first).id), len(visitors)
        ),
        "connects": await median(lambda: presence.connected(data.reader.id), 200),
        "disconnects": await median(lambda: presence.disconnected(data.reader.id), 200),
        "each of 100 connecting at once": await median(all_connect, 20, 100),
        "each of 100 disconnecting at once": await median(all_disconnect, 20, 100),
    }


async def here(_: Data) -> dict[str, Median]:
    """Look up the presence of people who are online, in any process, and of people who are not."""
    crowd = ids(ONLINE)
    crowds.be_online(crowd[: ONLINE // 2], crowd[ONLINE // 2 :])
    looked_up = [*random.sample(crowd, 500), *ids(500)]

    async def look_up() -> None:
        for one in looked_up:
            live.is_online(one)

    return {"is a person online": await median(look_up, 100, len(looked_up))}


async def edits(data: Data) -> dict[str, Median]:
    """Edit a profile that every tab shows, and right after that, update one person's own tab."""
    done = asyncio.Event()
    users = ids(2000)
    tokens = crowds.open_tabs([*users, data.reader.id])
    for token in tokens[:-1]:
        live.watch(token, "bench", [topics.profile("crowd")])
    live.watch(tokens[-1], "bench", [topics.profile("own")])
    live.on(ProfileEdited, TimelineState, lambda event: [topics.profile(event.username)])(lambda *_: None)
    live.on(PostPublished, SessionState, lambda _: [topics.profile("own")])(lambda *_: done.set())
    took = []
    for _ in range(3):
        await handlers.deliver(ProfileEdited(data.star.id, "crowd"))
        await asyncio.sleep(0.1)
        done.clear()
        began = time.perf_counter()
        await handlers.deliver(NOTHING)
        await done.wait()
        took.append((time.perf_counter() - began) * 1000)
        await live.settled()
    return {"own change": Median(statistics.median(took))}


async def stars(data: Data) -> dict[str, Median]:
    """Deliver a star's post to a process in which a thousand people have home open."""
    print(f"    (creating {FOLLOWERS:,} followers)", flush=True)
    fans = [ObjectId() for _ in range(FOLLOWERS)]
    await crowds.follow_each(fans, data.star.oid)
    users = [str(one) for one in random.sample(fans, TABS)]
    for token, user_id in zip(crowds.open_tabs(users), users, strict=True):
        live.watch(token, "timeline", [topics.home(user_id), *map(topics.post, ids(12))])
    crowds.be_online([], [str(one) for one in random.sample(fans, ONLINE)])
    event = dataclasses.replace(NOTHING, post_id=data.post_id, author_id=data.star.id)
    found = {
        "finding the recipients": await median(lambda: home_updates._followers_online(event), 30),
        "the next event waits": await median(lambda: handlers.deliver(event), 1),
    }
    await live.settled()
    return found
