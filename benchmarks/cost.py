"""The server's CPU time and memory, over all its processes, and users to keep it busy."""

from __future__ import annotations

import os
from pathlib import Path

import instagram_clone
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import passwords, sessions
from instagram_clone.domain.posts import posts

PASSWORD = "four oranges in a bowl"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024


def cpu_seconds(root: int) -> float:
    """Return the CPU time of a process and all its living descendants."""
    parents: dict[int, tuple[int, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS)
    total = 0.0
    for pid, (_, used) in parents.items():
        ancestor = pid
        while ancestor in parents and ancestor != root:
            ancestor = parents[ancestor][0]
        total += used if ancestor == root else 0.0
    return total


def memory_kb(root: int) -> float:
    """Return the resident memory of a process and all its descendants, in KB."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/statm"):
        pid = int(path.parent.name)
        ancestor = pid
        try:
            while ancestor not in (0, root):
                ancestor = int(
                    (Path("/proc") / str(ancestor) / "stat").read_text().rpartition(")")[2].split()[1]
                )
            total += int(path.read_text().split()[1]) * PAGE_KB if ancestor == root else 0.0
        except OSError:
            continue
    return total


async def people(uri: str, number: int) -> tuple[list[Viewer], list[str], str]:
    """Create signed-in people and a post by the first; return the people, their tokens and the post id."""
    passwords.COST = 4
    await db.connect(uri, "bench")
    viewers: list[Viewer] = []
    for at in range(number):
        name = f"person{at}"
        user_id = await accounts.sign_up(f"{name}@example.com", name, name, PASSWORD, name)
        viewers.append(Viewer(user_id, name, ""))
    tokens = [await sessions.start(viewer.id, "bench") for viewer in viewers]
    picture = Path(instagram_clone.__file__).parent / "seed_pictures" / "mist.webp"
    post_id = await posts.publish(viewers[0], (await drafts.store(viewers[0], picture)).id)
    return viewers, tokens, post_id
