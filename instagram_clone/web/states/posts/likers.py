"""Live updates of the likers named next to a post's likes: each reader sees only others, and nobody across
a block; visitors see none.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict

from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.people import accounts
from instagram_clone.domain.posts.events import PostLiked
from instagram_clone.live import fact_keys, topics
from instagram_clone.web.states import withdrawals


async def _liked(event: PostLiked) -> None:
    if event.likers is None:
        return
    key, likers = fact_keys.likers_key(event.post_id), [ObjectId(user) for user in event.likers]
    topic = topics.post(event.post_id)
    watching = live.watchers(topic)
    readers = {ObjectId(user_id) for user_id in watching.values() if user_id}
    people = await accounts.people(likers)
    blocked = await withdrawals.blocked_readers(likers, readers)
    if not live.is_newest(topic, key, {"rev": event.rev}):
        return
    # In a large crowd, most readers get the full list, so only the exceptions are kept.
    hidden: dict[str, set[ObjectId]] = defaultdict(set)
    for liker in likers:
        for user in (liker, *blocked[liker]):
            hidden[str(user)].add(liker)
    tokens_by_hidden: dict[frozenset[ObjectId], list[str]] = defaultdict(list)
    for token, user_id in live.watchers(topic).items():
        # Tabs that started watching in the meantime read the likers themselves.
        if user_id and watching.get(token) == user_id:
            tokens_by_hidden[frozenset(hidden.get(user_id, ()))].append(token)
    for left_out, tokens in tokens_by_hidden.items():
        shown = [asdict(people[user]) for user in likers if user in people and user not in left_out]
        live.send_facts_to_all(tokens, {key: {"rev": event.rev, "likers": shown}})


live.subscribe(PostLiked, _liked, lambda event: [topics.post(event.post_id)], in_background=True)
