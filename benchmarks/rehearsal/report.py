"""The output of the rehearsal."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable

from benchmarks.rehearsal.crowd import Seen
from benchmarks.rehearsal.scales import Scales
from benchmarks.rehearsal.verdict import Phase, longest_silence, summaries
from benchmarks.rehearsal.visitors import Visits

MAX_WRONG = 20
SILENCE_WITHIN = 15.0


class Report:
    """Prints results as they come, and collects what is wrong."""

    def __init__(self) -> None:
        self._wrong: list[str] = []

    def say(self, text: str) -> None:
        """Print a line."""
        print(text, flush=True)

    def wrong(self, lines: Iterable[str]) -> None:
        """Record what is wrong."""
        self._wrong += lines

    def opened(self, tabs: int, seconds: float) -> None:
        """Print how fast tabs opened."""
        self.say(f"{tabs} tabs opened in {seconds:.1f} s, {tabs / seconds:.0f} a second.")

    def events(self, phases: list[Phase], seen: Seen, posts: list[str]) -> None:
        """Print how long updates took, phase by phase."""
        changes = (
            (posts[number], before, rev, at)
            for columns in seen.changes
            for number, before, rev, at in zip(*columns, strict=True)
            if number >= 0
        )
        found = summaries(phases, seen.likes, changes)
        self.say(
            f"{'likes':>32} {'stored':>7} {'failed':>7} {'within':>9} {'p50':>8} {'p99':>9} {'news':>8}"
        )
        for phase in phases:
            one, name = found[phase.name], f"{phase.name}, {phase.ended - phase.began:.0f} s"
            self.say(
                f"{name:>26} {one.sent:5} {one.stored:7} {len(one.failed):7} {one.failing_seconds:7.1f} s"
                f" {one.wait(0.5):5.0f} ms {one.wait(0.99):6.0f} ms {len(one.waits):8}"
            )

        stored = sum(one.stored for one in found.values()) / (phases[-1].ended - phases[0].began)
        self.say(
            f"{stored:.1f} likes a second were stored; {seen.held_back} were not tapped, because too many"
            " waited for an answer."
        )

    def kill(self, killed: float, served: float, back: float, seen: Seen) -> None:
        """Print how the tabs of the killed instance reconnected."""
        hit = [again - killed for lost, again in seen.gone if killed <= lost < killed + 10]
        waits = sorted(hit) or [0.0]
        when = f"{back - killed:.1f} s" if back else "never"
        self.say(
            f"Killed: {len(hit)} tabs lost their connection; back after {statistics.median(waits):.1f} s"
            f" (median), {waits[-1]:.1f} s (the last one); all there: {when};"
            f" the instance served again after {served - killed:.1f} s."
            f" All tabs together have tried {seen.tries:,} times."
        )
        if not back:
            self.wrong(["Not all tabs came back after the kill."])

    def step_down(self, at: float, elected: float, seen: Seen) -> None:
        """Print what users experienced while there was no primary."""
        lost = sum(at <= when < at + SILENCE_WITHIN for when, _ in seen.gone)
        silence = longest_silence(seen.likes, at, at + SILENCE_WITHIN - 5)
        self.say(
            f"Stepped down: another primary after {elected - at:.1f} s; for {silence:.1f} s no like was"
            f" acknowledged; {lost} tabs lost their connection."
        )

    def visits(self, visits: Visits) -> None:
        """Print what a visitor experienced."""
        took = sorted(visits.took) or [0.0]
        self.say(
            f"Pages and photos meanwhile: {len(took)} read, p50 {statistics.median(took):.0f} ms,"
            f" p99 {took[int(len(took) * 0.99)]:.0f} ms; {len(visits.refused)} refused"
            f" {sorted({why for _, why in visits.refused})[:4] or ''}"
        )

    def weights(self, scales: Scales, seconds: float) -> None:
        """Print the CPU time and memory that each machine used."""
        self.say(f"{'':>14} {'CPU':>9} {'at most':>10} {'at the end':>10}")
        for name, megabytes in scales.megabytes.items():
            self.say(
                f"{name:>14} {scales.cpu[name]:7.1f} s {scales.most[name]:7.0f} MB {megabytes:7.0f} MB"
            )
        total = sum(scales.cpu.values())
        self.say(f"Together {total:.0f} s of processors, and at most {scales.most_together:.0f} MB.")

    def verdict(self, seconds: float) -> int:
        """Print whether everything is consistent, and return the exit code."""
        if not self._wrong:
            self.say(f"Everybody is right, {seconds:.1f} s after the storm.")
            return 0
        for line in self._wrong[:MAX_WRONG]:
            print(line, file=sys.stderr)
        print(f"{len(self._wrong)} things are wrong.", file=sys.stderr, flush=True)
        return 1
