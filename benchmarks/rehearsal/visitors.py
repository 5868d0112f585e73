"""A visitor without an account who reads pages and photos through the proxy during the rehearsal."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import httpx

from benchmarks.rehearsal.dataset import Dataset
from benchmarks.rehearsal.environment import PUBLIC_URL
from instagram_clone import routes

EVERY_SECONDS = 0.5
PATIENCE_SECONDS = 10


@dataclass
class Visits:
    """The outcome of requests for a post's page and its photo in turn, until `stop`."""

    data: Dataset
    took: list[float] = field(default_factory=list)
    refused: list[tuple[float, str]] = field(default_factory=list)
    _is_stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._visit, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the current request."""
        self._is_stopped.set()
        self._thread.join()

    def _visit(self) -> None:
        paths = routes.post_url(self.data.posts[0]), routes.media_url(self.data.photo, 640)
        turn = 0
        with httpx.Client(base_url=PUBLIC_URL, timeout=PATIENCE_SECONDS) as http:
            while not self._is_stopped.wait(EVERY_SECONDS):
                began, path = time.monotonic(), paths[turn % 2]
                turn += 1
                try:
                    answer = http.get(path)
                    why = "" if answer.status_code == 200 else f"{answer.status_code} for {path}"
                except httpx.HTTPError as error:
                    why = f"{type(error).__name__} for {path}"
                if why:
                    self.refused.append((began, why))
                else:
                    self.took.append((time.monotonic() - began) * 1000)
