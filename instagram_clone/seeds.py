"""Sample data, a lively little town: `python -m instagram_clone.seeds`, whether or not the app is running.

Created only through domain functions, so it obeys every rule. Idempotent.
"""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from bson import ObjectId

from instagram_clone import mongod
from instagram_clone.config import ConfigError, settings
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import avatars, drafts
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people import accounts, profiles, usernames
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes, posts

PASSWORD = "a town of twelve"
PICTURES = Path(__file__).parent / "seed_pictures"

PEOPLE = (
    (
        "juno.reyes",
        "Juno Reyes",
        "Still lifes and small adventures. Mostly citrus, sometimes sky. Lisbon.",
    ),
    ("mira.koval", "Mira Koval", "Mountain light, slow mornings and the occasional fjord."),
    ("ravi.air", "Ravi Anand", "Balloons, clouds and other ways up."),
    ("noor.h", "Noor Haddad", "Nights, moons and long exposures."),
    ("sana.clay", "Sana Okoye", "Thrown, glazed, fired. Some of it survives."),
    ("kwame.shoots", "Kwame Mensah", "Dunes and everything they hide."),
    ("aiko.field", "Aiko Tanaka", "Flowers, mostly before breakfast."),
    ("leo.ridge", "Leo Ridge", "Up, then down again."),
    ("hana.blocks", "Hana Block", "Facades, corners, rhythm."),
    ("ida.paper", "Ida Lund", "Cut, folded and layered."),
    ("paolo.m", "Paolo Marin", "Harbours and the people who wait in them."),
    ("daily.crumb", "Daily Crumb", "Bread, coffee, repeat."),
)
CAPTIONS = {
    "arch": "The arch at four, when the light walks through it",
    "aurora": "Two hours of nothing, then this",
    "balloons": "First launch of the season. Cold hands, warm flame",
    "blocks": "Somebody drew this with a ruler and then somebody built it",
    "bottles": "Three bottles, one window, no plan",
    "cactus": "It grew an arm this year. We are all very proud",
    "citrus": "Four oranges in a bowl. I ate the fifth",
    "city": "The city, pretending to sleep",
    "coast": "Wind enough to lean on",
    "coffee": "First one is for waking, second one is for looking",
    "dahlia": "Dahlias do not know how to be modest",
    "dunes": "The wind signs its work",
    "facade": "Counted the windows twice, got two answers",
    "film": "Last roll from the drawer, expired in 2009",
    "fjord": "Not a ripple until the ferry",
    "forest": "Fog does half the composition",
    "lavender": "You can hear the bees in this one",
    "mist": "Up before the light, and worth the cold fingers",
    "moon": "Same moon, new rooftop",
    "paper": "Eleven layers, one afternoon",
    "peak": "Turned back 200 metres below. It will still be there",
    "pebbles": "Stones, water, patience",
    "pool": "Nobody in the pool, everything in the pool",
    "rings": "Older than the house, the street and the town",
}
REMARKS = (
    "This is what quiet looks like.",
    "The colours! How?",
    "Saving this for the next grey Monday.",
    "I can almost smell it.",
    "Layers like cut paper. Beautiful.",
    "What lens was this?",
    "Oh, that light.",
    "You always find these.",
    "Taking my coffee there tomorrow, meet me?",
    "Print, please. Large.",
    "The left third is a whole picture by itself.",
    "Was that you I waved at on the ridge?",
)
REPLIES = (
    "A very old 85mm, wide open and a bit fogged",
    "Since I get up at five. Hardly ever",
    "Bring two cups",
    "I was hoping somebody would see that",
)
POSTS = 60
CHATS = (
    (
        (0, 1),
        ("Is the ridge still white?", "Since Tuesday. Bring a long lens", "Saturday then?"),
    ),
    ((0, 3), ("Your last one looks like paper", "That is the nicest thing anybody said this week")),
    ((0, 5), ("Can I borrow the tripod?", "Only if it comes back cleaner than last time")),
    ((0, 2, 4), ("Print swap on Sunday, who is in?", "Me, with three", "Me, with cake")),
)
"""Conversations between people, by their index in PEOPLE; they take turns."""


async def make() -> bool:
    """Fill an empty database, and return whether there was anything to do."""
    if await usernames.is_taken(PEOPLE[0][0]):
        return False
    chance = random.Random(7)
    people = [await _join(*one) for one in PEOPLE]
    for person in people:
        others = [other for other in people if other != person]
        for other in chance.sample(others, chance.randint(4, 9)):
            await follows.follow(person, other.id)
    names = sorted(path.stem for path in PICTURES.glob("*.webp") if not path.stem.startswith("av-"))
    for number in range(POSTS):
        name = names[number % len(names)]
        author = people[(number * 5 + number // len(names)) % len(people)]
        await _post(author, name, number, people, chance)
    for indexes, lines in CHATS:
        await _chat([people[index] for index in indexes], lines)
    return True


async def _chat(people: list[Viewer], lines: tuple[str, ...]) -> None:
    for person in people:
        for other in people:
            if person != other:
                await follows.follow(person, other.id)
    chat = await conversations.start(people[0], [other.id for other in people[1:]], "Print swap")
    for number, line in enumerate(lines):
        await messages.send(people[number % len(people)], chat, f"seed-{chat}-{number}", text=line)


async def _join(username: str, name: str, bio: str) -> Viewer:
    # Each signs up from a different address, or the per-address throttle would refuse them.
    address = f"seed:{username}"
    user_id = await accounts.sign_up(f"{username}@example.com", name, username, PASSWORD, address)
    viewer = Viewer(user_id, username, "")
    await profiles.edit_profile(viewer, name, username, bio, "")
    avatar = PICTURES / f"av-{username.replace('.', '-')}.webp"
    if avatar.exists():
        draft = await drafts.store(viewer, avatar)
        await avatars.set_avatar(viewer, draft.id)
    return viewer


async def _post(
    author: Viewer, name: str, number: int, people: list[Viewer], chance: random.Random
) -> None:
    draft = await drafts.store(author, PICTURES / f"{name}.webp")
    caption = CAPTIONS.get(name, name.capitalize())
    if number >= len(CAPTIONS):
        caption += chance.choice((", again", ", one year on", ", seen from the other side", ""))
    post_id = await posts.publish(
        author, draft.id, caption, f"{name.capitalize()}, a drawn picture", key=f"seed-{number}"
    )
    for fan in chance.sample(people, chance.randint(2, len(people))):
        await likes.like(fan, post_id)
    for talker in chance.sample(people, chance.randint(0, 4)):
        comment_id = await comments.add(talker, post_id, chance.choice(REMARKS), key=str(ObjectId()))
        for fan in chance.sample(people, chance.randint(0, 5)):
            await likes.like_comment(fan, comment_id)
        for reader in [author, talker, *people][: chance.choice((0, 0, 1, 3))]:
            await comments.add(
                reader, post_id, chance.choice(REPLIES), key=str(ObjectId()), answering=comment_id
            )


async def main() -> None:
    """Connect, create the sample data, and print who can log in."""
    uri = settings().mongodb_uri or mongod.lease(settings().data_dir / "mongo")
    await db.connect(uri, settings().database)
    # Records a new database as being of this version; otherwise the app would take it for an older one.
    await migrations.pending()
    fresh = await make()
    await outbox.settle()
    await db.close()
    print("The sample data is ready." if fresh else "The sample data already existed; nothing was added.")
    print(f"Log in as any of these users with the password: {PASSWORD}")
    for username, name, _ in PEOPLE:
        print(f"  {username:<14} {name}")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (ConfigError, db.DatabaseUnreachable, mongod.MongodMissing, mongod.NotRunning) as error:
        sys.exit(f"instagram_clone: {error}")
