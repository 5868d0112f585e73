"""A deployment rehearsal: `python -m benchmarks.rehearsal [--tabs 5000] [--likes 200] [--seconds 60]`.

Runs two instances of two workers behind Caddy, MongoDB as a replica set of three, Redis and S3 (moto), with
tabs open on all of them, and a storm of likes on the posts they show. During the storm, an instance is
killed and restarted, and later MongoDB's primary steps down. Afterwards everything must be consistent: each
tab shows what is stored, each acknowledged like is stored exactly once, and nothing is left to repair or in
the outbox. Otherwise, it prints every inconsistency and exits with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import benchmarks.rehearsal.environment as environment
import instagram_clone.instagram_clone  # noqa: F401  (registers every state)
from benchmarks.rehearsal.audience import Audience, Unanswered
from benchmarks.rehearsal.dataset import build
from benchmarks.rehearsal.machines import Machines, missing
from benchmarks.rehearsal.report import Report
from benchmarks.rehearsal.resources import ResourceSampler
from benchmarks.rehearsal.stored import outbox_entries, repaired, stored
from benchmarks.rehearsal.verdict import Phase, wrong_likes, wrong_screens
from benchmarks.rehearsal.visitors import Visits

RECONNECT_SECONDS = 300
"""How long to wait for tabs to reconnect after the kill before continuing without them."""

RESTART_SECONDS = 1.0
AFTER_SECONDS = 12
STEP_DOWN_SECONDS = 5
"""Likes sent within this time after the step-down are attributed to it."""

CONSISTENT_SECONDS = 90
"""How long it may take until all is consistent: a killed process's outbox entries alone wait for 30 s."""


@dataclass
class Events:
    """The times of events, 0 for those that have not happened."""

    began: float = 0.0
    killed: float = 0.0
    served_again: float = 0.0
    back: float = 0.0
    stepped_down: float = 0.0
    elected: float = 0.0
    ended: float = 0.0

    def phases(self) -> list[Phase]:
        """Return the phases of the storm."""
        back = self.back or self.stepped_down
        marks = [
            ("before", self.began),
            ("the instance is killed", self.killed),
            ("all tabs have reconnected", back),
            ("the primary steps down", self.stepped_down),
            ("after", self.stepped_down + STEP_DOWN_SECONDS),
        ]
        ends = [at for _, at in marks[1:]] + [self.ended]
        return [Phase(name, at, end) for (name, at), end in zip(marks, ends, strict=True)]


def until(happened: Callable[[], bool], seconds: float) -> bool:
    """Wait for something, up to a number of seconds, and return whether it happened."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def storm(machines: Machines, audience: Audience, seconds: int, likes: float) -> Events:
    """Like from all tabs, kill an instance, step down the primary; return once the last answers arrive."""
    events = Events(began=time.monotonic())
    audience.storm(likes)
    time.sleep(seconds / 4)
    killed = machines.instances[0]
    events.killed = time.monotonic()
    killed.kill()

    def start_again() -> None:
        time.sleep(RESTART_SECONDS)
        killed.start()
        events.served_again = time.monotonic()

    starting = threading.Thread(target=start_again, daemon=True)
    starting.start()
    # The affected tabs must first notice.
    time.sleep(0.5)
    if until(lambda: audience.connected() == audience.tabs, RECONNECT_SECONDS):
        events.back = time.monotonic()
    starting.join()
    time.sleep(max(3.0, events.began + seconds * 2 / 3 - time.monotonic()))
    before = machines.primary()
    events.stepped_down = time.monotonic()
    machines.step_down()
    until(lambda: machines.primary() not in ("", before), 30)
    events.elected = time.monotonic()
    time.sleep(max(AFTER_SECONDS, events.began + seconds - time.monotonic()))
    events.ended = time.monotonic()
    audience.calm()
    return events


def rehearse(machines: Machines, tabs: int, likes: float, seconds: int) -> int:
    """Run the whole rehearsal, and return the exit code."""
    report = Report()
    machines.start_stores()
    data = asyncio.run(build(machines.mongodb_uri, tabs))
    report.wrong(f"Before the storm: {line}" for line in asyncio.run(repaired(machines.mongodb_uri)))
    machines.start_instances()
    machines.start_proxy()
    report.print_line(f"The site serves at {environment.PUBLIC_URL}; {len(data.posts)} posts.")
    with Audience(data) as audience:
        machines.roots |= audience.roots
        sampler = ResourceSampler(machines.roots)
        report.opened(tabs, audience.open())
        visits = Visits(data)
        events = storm(machines, audience, seconds, likes)
        visits.stop()
        found: list[str] = []

        def is_consistent() -> bool:
            now = asyncio.run(stored(machines.mongodb_uri))
            found[:] = [*outbox_entries(now), *wrong_screens(audience.screens(), now.truth)]
            return not found

        # By then, lost taps have been dropped, and updates still on their way have arrived.
        time.sleep(3)
        until(is_consistent, CONSISTENT_SECONDS)
        took = time.monotonic() - events.ended
        sampler.stop()
        seen = audience.seen()
        report.wrong(found)
        report.wrong(wrong_likes(seen.likes, asyncio.run(stored(machines.mongodb_uri)).truth))
        report.wrong(f"Repair found {line}" for line in asyncio.run(repaired(machines.mongodb_uri)))
        report.events(events.phases(), seen, data.posts)
        report.kill(events.killed, events.served_again, events.back, seen)
        report.step_down(events.stepped_down, events.elected, seen)
        report.visits(visits)
        report.resources(sampler, time.monotonic() - events.began)
    return report.verdict(took)


def main() -> int:
    """Parse the arguments and run, leaving no process behind whatever happens."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tabs", type=int, default=5000)
    parser.add_argument("--likes", type=float, default=200, help="a second")
    parser.add_argument("--seconds", type=int, default=60, help="how long the storm lasts at least")
    arguments = parser.parse_args()
    if message := missing():
        print(message, file=sys.stderr)
        return 2
    # Explicitly, because a shell that starts this in the background sets SIGINT to be ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    machines = Machines()
    try:
        return rehearse(machines, arguments.tabs, arguments.likes, arguments.seconds)
    except Unanswered as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    finally:
        machines.stop()


if __name__ == "__main__":
    sys.exit(main())
