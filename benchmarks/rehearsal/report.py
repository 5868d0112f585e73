"""The output of the rehearsal."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable

from benchmarks.rehearsal.crowd import Seen
from benchmarks.rehearsal.resources import ResourceSampler
from benchmarks.rehearsal.verdict import Phase, longest_silence, summaries
from benchmarks.rehearsal.visitors import Visits

MAX_WRONG = 20
SILENCE_WITHIN = 15.0


class Report:
    """Prints results as they come, and collects what is wrong."""

    def __init__(self) -> None:
        self._wrong: list[str] = []

    def print_line(self, text: str) -> None:
        """Print a line."""
        print(text, flush=True)

    def wrong(self, lines: Iterable[str]) -> None:
        """Record what is wrong."""
        self._wrong += lines

    def opened(self, tabs: int, seconds: float) -> None:
        """Print how fast tabs opened."""
        self.print_line(f"{tabs} tabs opened in {seconds:.1f} s, {tabs / seconds:.0f} a second.")

    def events(self, phases: list[Phase], seen: Seen, posts: list[str]) -> None:
        """Print how long updates took, phase by phase."""
        changes = (
            (posts[number], before, rev, at)
            for columns in seen.changes
            for number, before, rev, at in zip(*columns, strict=True)
            if number >= 0
        )
        found = summaries(phases, seen.likes, changes)
        self.print_line(
            f"{'likes':>32} {'stored':>7} {'failed':>7} {'within':>9} {'p50':>8} {'p99':>9} {'updates':>8}"
        )
        for phase in phases:
            summary, name = found[phase.name], f"{phase.name}, {phase.ended - phase.began:.0f} s"
            self.print_line(
                f"{name:>26} {summary.sent:5} {summary.stored:7} {len(summary.failed):7}"
                f" {summary.failing_seconds:7.1f} s"
                f" {summary.wait(0.5):5.0f} ms {summary.wait(0.99):6.0f} ms {len(summary.waits):8}"
            )

        stored = sum(one.stored for one in found.values()) / (phases[-1].ended - phases[0].began)
        self.print_line(
            f"{stored:.1f} likes a second were stored; {seen.held_back} were skipped, because too many"
            " were unanswered."
        )

    def kill(self, killed: float, served: float, back: float, seen: Seen) -> None:
        """Print how the tabs of the killed instance reconnected."""
        durations = [again - killed for lost, again in seen.gone if killed <= lost < killed + 10]
        waits = sorted(durations) or [0.0]
        when = f"{back - killed:.1f} s" if back else "never"
        self.print_line(
            f"Killed: {len(durations)} tabs lost their connection; back after"
            f" {statistics.median(waits):.1f} s (median), {waits[-1]:.1f} s (the last one);"
            f" all tabs: {when};"
            f" the instance was serving again after {served - killed:.1f} s."
            f" All tabs together tried {seen.tries:,} times."
        )
        if not back:
            self.wrong(["Not all tabs reconnected after the kill."])

    def step_down(self, at: float, elected: float, seen: Seen) -> None:
        """Print what users experienced while there was no primary."""
        lost = sum(at <= when < at + SILENCE_WITHIN for when, _ in seen.gone)
        silence = longest_silence(seen.likes, at, at + SILENCE_WITHIN - 5)
        self.print_line(
            f"Stepped down: another primary after {elected - at:.1f} s; for {silence:.1f} s no like was"
            f" acknowledged; {lost} tabs lost their connection."
        )

    def visits(self, visits: Visits) -> None:
        """Print what a visitor experienced."""
        took = sorted(visits.took) or [0.0]
        self.print_line(
            f"Pages and photos: {len(took)} loaded, p50 {statistics.median(took):.0f} ms,"
            f" p99 {took[int(len(took) * 0.99)]:.0f} ms; {len(visits.refused)} refused"
            f" {sorted({why for _, why in visits.refused})[:4] or ''}"
        )

    def resources(self, sampler: ResourceSampler, seconds: float) -> None:
        """Print the CPU time and memory that each machine used."""
        self.print_line(f"{'':>14} {'CPU':>9} {'at most':>10} {'at the end':>10}")
        for name, megabytes in sampler.megabytes.items():
            self.print_line(
                f"{name:>14} {sampler.cpu[name]:7.1f} s {sampler.most[name]:7.0f} MB {megabytes:7.0f} MB"
            )
        total = sum(sampler.cpu.values())
        self.print_line(f"In total {total:.0f} s of CPU, and at most {sampler.most_in_total:.0f} MB.")

    def verdict(self, seconds: float) -> int:
        """Print whether everything is consistent, and return the exit code."""
        if not self._wrong:
            self.print_line(f"Everything is consistent {seconds:.1f} s after the storm.")
            return 0
        for line in self._wrong[:MAX_WRONG]:
            print(line, file=sys.stderr)
        print(f"{len(self._wrong)} inconsistencies.", file=sys.stderr, flush=True)
        return 1
