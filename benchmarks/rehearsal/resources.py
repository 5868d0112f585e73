"""The memory and CPU time each machine uses, sampled every two seconds in one pass."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from benchmarks.cost import PAGE_KB, TICKS

EVERY_SECONDS = 2.0


class ResourceSampler:
    """Samples processes with their descendants until `stop`. A restarted machine keeps its totals."""

    def __init__(self, roots: dict[str, Callable[[], int]]) -> None:
        self._roots = roots
        self._is_stopped = threading.Event()
        self._last_cpu: dict[int, float] = {}
        self.cpu: dict[str, float] = defaultdict(float)
        self.megabytes: dict[str, float] = {}
        self.most: dict[str, float] = defaultdict(float)
        self.most_in_total = 0.0
        self._sample()
        self.cpu.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take a last sample, and stop."""
        self._is_stopped.set()
        self._thread.join()
        self._sample()

    def _run(self) -> None:
        while not self._is_stopped.wait(EVERY_SECONDS):
            self._sample()

    def _sample(self) -> None:
        parents: dict[int, int] = {}
        used: dict[int, tuple[float, float]] = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(path.name)
            parents[pid] = int(fields[1])
            used[pid] = (int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE_KB / 1024
        names = {root(): name for name, root in self._roots.items()}
        self.megabytes = dict.fromkeys(self._roots, 0.0)
        for pid, (cpu, megabytes) in used.items():
            ancestor = pid
            while ancestor not in names and ancestor in parents:
                ancestor = parents[ancestor]
            if ancestor in names:
                self.megabytes[names[ancestor]] += megabytes
                self.cpu[names[ancestor]] += cpu - self._last_cpu.get(pid, 0.0)
                self._last_cpu[pid] = cpu
        for name, megabytes in self.megabytes.items():
            self.most[name] = max(self.most[name], megabytes)
        self.most_in_total = max(self.most_in_total, sum(self.megabytes.values()))
