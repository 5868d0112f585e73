"""The cost of one person's attack to everyone else: `python -m benchmarks.attacks [attack ...]`.

    surrogates   half a character (a lone surrogate) in events, mixed with valid ones
    unread       forty visitors' tabs that keep requesting a page and never read the answer
    bodies       1,100 log-ins whose request bodies never arrive, at a limit of 1,024 open files
    pictures     twelve 80-megapixel photos with 16 bits per channel, all at once
    probes       200 sign-ups that probe whether an account exists
    guesses      24 password guesses from made-up addresses, then the owner's log-in from elsewhere

Runs all of them by default, each against a server of its own with rate limits on, as in production. `--of
<folder>` attacks the app of another checkout. Prints what the server used, and what two other users
experienced in the meantime: one likes a post ten times a second, and the other watches it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import resource
import struct
import time
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from PIL import Image

import benchmarks.isolated as isolated
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.bystanders import BYSTANDER_ADDRESS, INTERVAL_SECONDS, Dataset, bystanders
from benchmarks.cost import PASSWORD, memory_kb, people
from instagram_clone.domain import migrations
from instagram_clone.domain.core import db
from instagram_clone.domain.posts import comments
from instagram_clone.web.states.posts.detail import DetailState
from tests.client import HYDRATE, RawTab, event_name
from tests.server import ROOT, Server, running

ATTACKER = ("127.0.66.1", 0)
PEOPLE = 7
SECONDS = 30


async def surrogates(server: Server, data: Dataset) -> str:
    """Like a comment with an invalid id, alternating with a valid one, in five tabs."""

    async def attack(person: int) -> None:
        tab = await RawTab.open(server.socket_url, server.url, data.cookie(person), local_addr=ATTACKER)
        for turn in range(10 * SECONDS):
            for comment in ("\ud800", data.comment_id):
                verb = "unlike_comment" if turn % 2 else "like_comment"
                await tab.call(event_name(DetailState, verb), {"comment_id": comment})
            await asyncio.sleep(INTERVAL_SECONDS)
        await tab.close()

    await asyncio.gather(*(attack(person) for person in range(2, PEOPLE)))
    return f"{(PEOPLE - 2) * 10 * SECONDS} sent"


async def unread(server: Server, data: Dataset) -> str:
    """Request a page twenty times a second in forty tabs, without reading anything."""
    path, disconnected = f"/p/{data.post_id}", 0

    async def ask() -> None:
        nonlocal disconnected
        more = {"path": path, "local_addr": ATTACKER}
        tab = await RawTab.open(server.socket_url, server.url, **more)
        await tab.until(lambda: data.post_id in tab.text)
        assert tab._reader is not None
        tab._reader.cancel()
        try:
            for _ in range(20 * SECONDS):
                await tab.call(HYDRATE, path=path)
                await asyncio.sleep(1 / 20)
        except Exception:
            disconnected += 1
        tab.socket.transport.abort()

    await asyncio.gather(*(ask() for _ in range(40)), return_exceptions=True)
    return f"{disconnected} of 40 disconnected"


async def bodies(server: Server, data: Dataset) -> str:
    """Start log-ins whose request bodies never arrive."""
    for pid in _processes(server.pid):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (1024, 1024))
    head = f"POST /api/login HTTP/1.1\r\nHost: x\r\nOrigin: {server.url}\r\nContent-Length: 900\r\n\r\n"
    held: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    for _ in range(1100):
        with contextlib.suppress(OSError):
            held.append(await asyncio.open_connection("127.0.0.1", server.port, local_addr=ATTACKER))
            held[-1][1].write(head.encode())
    await asyncio.sleep(SECONDS)
    left = sum(not reader.at_eof() and not reader._buffer for reader, _ in held)  # pyright: ignore
    for _, writer in held:
        writer.close()
    return f"{left} of {len(held)} held after {SECONDS} s"


async def pictures(server: Server, data: Dataset) -> str:
    """Upload twelve huge photos in small files at once, and then another user's ordinary photo."""
    huge, ordinary = _deep_png(10_000, 8_000), io.BytesIO()
    Image.new("RGB", (4000, 3000), "teal").save(ordinary, "JPEG")
    began = time.perf_counter()

    async def upload(person: int, content: bytes) -> float:
        headers = {"Origin": server.url, "Cookie": data.cookie(person)}
        async with httpx.AsyncClient(headers=headers, timeout=300) as http:
            answer = await http.post(f"{server.url}/api/media", content=content)
            assert answer.status_code == 200, answer.text
        return time.perf_counter() - began

    large = [asyncio.create_task(upload(2 + number // 3, huge)) for number in range(12)]
    await asyncio.sleep(1)
    waited = await upload(1, ordinary.getvalue()) - 1
    slowest = max(await asyncio.gather(*large))
    return f"{slowest:.0f} s for all, another user's ordinary photo {waited:.1f} s"


async def probes(server: Server, data: Dataset) -> str:
    """Probe 200 times whether an account exists."""
    revealed, began = 0, time.perf_counter()
    async with _browser(server) as http:
        for number in range(200):
            form = {"email": "person0@example.com", "name": "X", "username": f"x{number}x"}
            answer = await http.post("/api/signup", json={**form, "password": PASSWORD})
            revealed += "email" in answer.json().get("errors", {})
    return f"{revealed} of 200 answered, in {time.perf_counter() - began:.1f} s"


async def guesses(server: Server, data: Dataset) -> str:
    """Guess a password, by username and email, from made-up addresses; then log in as the owner."""
    checked = 0
    async with _browser(server) as http:
        for number in range(24):
            login = "person0" if number % 2 else "person0@example.com"
            made_up = {"X-Forwarded-For": f"203.0.113.{number // 4}"}
            form = {"login": login, "password": "not it"}
            checked += (await http.post("/api/login", json=form, headers=made_up)).status_code == 422
    async with _browser(server, BYSTANDER_ADDRESS[0]) as http:
        owner = await http.post("/api/login", json={"login": "person0", "password": PASSWORD})
    return f"{checked} of 24 checked; the owner gets {owner.status_code}"


Attack = Callable[[Server, Dataset], Awaitable[str]]
ATTACKS: dict[str, Attack] = {
    attack.__name__: attack for attack in (surrogates, unread, bodies, pictures, probes, guesses)
}


def _browser(server: Server, address: str = ATTACKER[0]) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=address)
    headers = {"Origin": server.url}
    return httpx.AsyncClient(base_url=server.url, headers=headers, transport=transport, timeout=60)


def _processes(root: int) -> list[int]:
    children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    return [root, *(pid for child in children for pid in _processes(int(child)))]


def _deep_png(width: int, height: int) -> bytes:
    compressor = zlib.compressobj(9)
    rows = (
        b"".join(compressor.compress(b"\0" + bytes(width * 8)) for _ in range(height)) + compressor.flush()
    )
    png = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    for kind, data in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")):
        png += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png


async def main(root: Path, names: list[str]) -> None:
    """Create a data set, then serve and attack it once for each attack, and print the outcome."""
    uri = isolated.database()
    viewers, tokens, post_id = await people(uri, PEOPLE)
    await migrations.apply()
    for number in range(20):
        comment_id = await comments.add(viewers[0], post_id, f"{number} " + "word " * 300)
    data = Dataset(viewers, tokens, post_id, comment_id)
    await db.close()
    for name in names:
        with running(isolated.DATA, "bench", root=root, MONGODB_URI=uri, LIMITS="on") as server:
            before = memory_kb(server.pid) / 1024
            async with bystanders(server, data) as experience:
                outcome = await ATTACKS[name](server, data)
            left = memory_kb(server.pid) / 1024
        memory = f"memory {before:.0f} MB, at most {experience.megabytes:.0f}, then {left:.0f}"
        print(f"{name:10} {outcome}; {memory}; {experience}", flush=True)


if __name__ == "__main__":
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("attacks", nargs="*", choices=[*ATTACKS, []], metavar="attack")
    given.add_argument("--of", type=Path, default=ROOT, metavar="folder")
    chosen = given.parse_args()
    asyncio.run(main(chosen.of.resolve(), chosen.attacks or list(ATTACKS)))
