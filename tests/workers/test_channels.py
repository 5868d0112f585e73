"""Each of two processes receives only the events that its own tabs watch."""

from __future__ import annotations

from redis import Redis

from instagram_clone.live import fact_keys, topics
from instagram_clone.live.bus import handlers
from instagram_clone.live.delivery import LiveState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks.conftest import Field
from tests.client import RawTab, event_name
from tests.conftest import share
from tests.redis_server import RedisServer


async def test_an_event_reaches_only_processes_with_watching_tabs(field: Field, redis: RedisServer) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana)
    channel, key = handlers.redis_channel(topics.channel(topics.post(post_id))), fact_keys.post_key(post_id)

    def processes() -> int:
        [(_, number)] = Redis.from_url(redis.url).pubsub_numsub(channel)  # pyright: ignore[reportGeneralTypeIssues]
        return number

    def likes(tab: RawTab) -> int | None:
        return (tab.value(LiveState, key) or {}).get("likes")

    hers = await field.tab(ana)
    await hers.until(lambda: bool(hers.value(TimelineState, "posts")))
    assert processes() == 1
    his = await field.tab(ben)
    await his.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await hers.until(lambda: likes(hers) == 1)
    assert processes() == 1, "his own tab shows no post"
    await his.call(event_name(TimelineState, "load_explore"), {})
    await his.until(lambda: bool(his.value(TimelineState, "posts")))
    assert processes() == 2
    await hers.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await his.until(lambda: likes(his) == 2)
    await hers.until(lambda: likes(hers) == 2)
