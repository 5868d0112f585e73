"""What a tab can watch: the only module that spells topics, and the channels they are published on.

A *topic* names something that tabs watch, and stays on the server. A *channel* carries the events of topics
between processes. Each topic takes ids; with "" in place of the last one, it is the prefix shared by all
topics of its kind.
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
    """The list of posts a person has saved."""
    return Topic(f"saves:{user_id}")


def recents(user_id: str) -> Topic:
    """The list of a person's recent searches."""
    return Topic(f"recents:{user_id}")


def post(post_id: str) -> Topic:
    """Every place that shows a post."""
    return Topic(f"post:{post_id}")


def comments(post_id: str) -> Topic:
    """Every place that shows the comments on a post."""
    return Topic(f"comments:{post_id}")


def card(post_id: str) -> Topic:
    """Every place that shows a post sent in a message."""
    return Topic(f"card:{post_id}")


def profile(user_id: str) -> Topic:
    """Every place that shows a person's profile."""
    return Topic(f"profile:{user_id}")


def suggested(user_id: str) -> Topic:
    """Every place that suggests following a person."""
    return Topic(f"suggested:{user_id}")


def hidden(author_id: str) -> Topic:
    """Every place that leaves out a person's content because the reader may not see it at the moment."""
    return Topic(f"hidden:{author_id}")


def activity(author_id: str) -> Topic:
    """Every place that shows or counts notifications about a person's posts."""
    return Topic(f"activity:{author_id}")


def inbox(user_id: str) -> Topic:
    """A person's list of conversations."""
    return Topic(f"inbox:{user_id}")


def thread(conversation_id: str, reader_id: str) -> Topic:
    """A conversation as shown to one of its members."""
    return Topic(f"thread:{conversation_id}:{reader_id}")


def reading() -> Topic:
    """Tabs that are reading posts and don't know yet which ones."""
    return Topic("reading:")


def parts_of(topic: Topic) -> tuple[str, str]:
    """Return the prefix shared by all topics of this kind, and the id or ids that follow it in this one."""
    kind, colon, rest = topic.partition(":")
    return kind + colon, rest


_OWN_CHANNEL = frozenset({post(""), comments(""), profile("")})
_THREAD = parts_of(thread("", ""))[0]
_ON_PERSONS_CHANNEL = frozenset({user(""), home(""), saves(""), recents(""), inbox(""), _THREAD})


def channel(topic: Topic) -> Channel:
    """Return the channel on which processes publish a topic's events, "" for the common one.

    Topics that belong to one person, whose id comes last, share a channel, since that person's tabs watch
    most of them. Topics with rare events, or events every process needs anyway, don't merit their own.
    """
    kind, subject = parts_of(topic)
    if kind in _ON_PERSONS_CHANNEL:
        return Channel(user(subject.rpartition(":")[2]))
    return Channel(topic if kind in _OWN_CHANNEL else "")
