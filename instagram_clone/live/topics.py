"""What a tab can watch: the only module that spells topics, and the channels they are announced on.

A *topic* names something that tabs watch, and stays on the server. A *channel* carries between processes
what is announced of topics. Each topic takes ids; with "" in place of the last it is what all of its kind
begin with.
"""

from __future__ import annotations

from typing import NewType

Topic = NewType("Topic", str)
Channel = NewType("Channel", str)


def user(user_id: str) -> Topic:
    """Every tab of a person."""
    return Topic(f"user:{user_id}")


def home(user_id: str) -> Topic:
    """The home feed of a person."""
    return Topic(f"home:{user_id}")


def saves(user_id: str) -> Topic:
    """The list of what a person has saved."""
    return Topic(f"saves:{user_id}")


def recents(user_id: str) -> Topic:
    """The list of what a person has searched for of late."""
    return Topic(f"recents:{user_id}")


def post(post_id: str) -> Topic:
    """Where a post is shown."""
    return Topic(f"post:{post_id}")


def comments(post_id: str) -> Topic:
    """Where the comments on a post are shown."""
    return Topic(f"comments:{post_id}")


def card(post_id: str) -> Topic:
    """Where a post that was sent in a message is shown."""
    return Topic(f"card:{post_id}")


def profile(user_id: str) -> Topic:
    """Where the page of a person is shown."""
    return Topic(f"profile:{user_id}")


def suggested(user_id: str) -> Topic:
    """Where a person is suggested to be followed."""
    return Topic(f"suggested:{user_id}")


def hidden(author_id: str) -> Topic:
    """Where something of a person's is missing that the reader may not see now."""
    return Topic(f"hidden:{author_id}")


def activity(author_id: str) -> Topic:
    """Where notifications about a person's posts are shown, or counted."""
    return Topic(f"activity:{author_id}")


def inbox(user_id: str) -> Topic:
    """The list of conversations of a person."""
    return Topic(f"inbox:{user_id}")


def thread(conversation_id: str, reader_id: str) -> Topic:
    """Where one of its members shows a conversation."""
    return Topic(f"thread:{conversation_id}:{reader_id}")


def reading() -> Topic:
    """Where posts are being read, of which it is not known yet which they are."""
    return Topic("reading:")


def parts_of(topic: Topic) -> tuple[str, str]:
    """Return what all topics of a kind begin with, and the id or ids that follow in this one."""
    kind, colon, rest = topic.partition(":")
    return kind + colon, rest


_OWN_CHANNEL = frozenset({post(""), comments(""), profile("")})
_THREAD = parts_of(thread("", ""))[0]
_IN_A_PERSONS = frozenset({user(""), home(""), saves(""), recents(""), inbox(""), _THREAD})


def channel(topic: Topic) -> Channel:
    """Return the channel on which processes announce what happens to a topic, "" for the one of all.

    What is one person's, whose id comes last, shares a channel: their tabs watch most of it. What happens
    seldom, or of what everybody has to know anyhow, is not worth one.
    """
    kind, subject = parts_of(topic)
    if kind in _IN_A_PERSONS:
        return Channel(user(subject.rpartition(":")[2]))
    return Channel(topic if kind in _OWN_CHANNEL else "")
