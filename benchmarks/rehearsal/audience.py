"""All tabs of the rehearsal, spread over a few processes but controlled as one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

from benchmarks.rehearsal import crowd
from benchmarks.rehearsal.crowd import Seen
from benchmarks.rehearsal.dataset import CIRCLE_TABS, Dataset
from benchmarks.rehearsal.environment import PUBLIC_URL, SOCKET_URL
from benchmarks.rehearsal.verdict import Screen

PROCESSES = 4
STOP_SECONDS = 5
ASK_SECONDS = 180
"""How long a request, such as opening the tabs, may take before the rehearsal is aborted."""


class Unanswered(Exception):
    """Raised when a client process has not answered a request; the text names it."""


class Audience:
    """The client processes, terminated when the context ends."""

    def __init__(self, data: Dataset) -> None:
        self.tabs = len(data.tabs)
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        circles = [data.tabs[at : at + CIRCLE_TABS] for at in range(0, self.tabs, CIRCLE_TABS)]
        for number in range(min(PROCESSES, len(circles))):
            # Whole circles, so that all tabs of a person are in one process.
            plans = [tab for circle in circles[number::PROCESSES] for tab in circle]
            parent_end, child_end = context.Pipe()
            process = context.Process(
                target=crowd.run, args=(child_end, plans, data.posts, SOCKET_URL, PUBLIC_URL), daemon=True
            )
            process.start()
            child_end.close()
            self._pipes.append(parent_end)
            self._processes.append(process)

    def __enter__(self) -> Audience:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()

    @property
    def roots(self) -> dict[str, Callable[[], int]]:
        """The root process of each client, in the form of `Machines.roots`."""
        return {
            f"client {number + 1}": lambda pid=process.pid or 0: pid
            for number, process in enumerate(self._processes)
        }

    def open(self) -> float:
        """Open all tabs, and return how long it took until each had loaded its page."""
        return max(self._ask("open"))

    def storm(self, likes: float) -> None:
        """Start to like, at a combined rate per second."""
        self._ask("storm", likes / len(self._pipes))

    def calm(self) -> None:
        """End the storm, and wait for the answers."""
        self._ask("calm")

    def connected(self) -> int:
        """Return how many tabs are connected and have loaded their page."""
        return sum(found[0] for found in self._ask("state"))

    def screens(self) -> list[Screen]:
        """Return what all screens show now."""
        return [screen for seen in self._ask("screens") for screen in seen.screens]

    def seen(self) -> Seen:
        """Return what all tabs have seen since the beginning."""
        parts: list[Seen] = self._ask("seen")
        return Seen(
            likes=[like for part in parts for like in part.likes],
            changes=[one for part in parts for one in part.changes],
            gone=[one for part in parts for one in part.gone],
            held_back=sum(part.held_back for part in parts),
            tries=sum(part.tries for part in parts),
        )

    def _ask(self, name: str, *given: Any) -> list[Any]:
        for pipe in self._pipes:
            pipe.send((name, given))
        answers = []
        for pipe in self._pipes:
            if not pipe.poll(ASK_SECONDS):
                raise Unanswered(f"The tabs did not answer {name!r} within {ASK_SECONDS} s.")
            answers.append(pipe.recv())
        return answers
