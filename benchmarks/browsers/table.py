"""The measurements as a readable table."""

from __future__ import annotations

import statistics

Measured = dict[str, list[float]]
WIDTH = 58
UNIT = f"{'median':>11}{'p90':>8}"


def p90(figures: list[float]) -> float:
    """Return the 90th percentile."""
    return sorted(figures)[round((len(figures) - 1) * 0.9)]


def heading(names: list[str]) -> str:
    """Return the headings of the columns."""
    above = "".join(f"{name[-18:]:>19}" for name in names)
    ratio = f"{'ratio':>7}" if len(names) > 1 else ""
    return f"{'':{WIDTH}}{above}\n{'':{WIDTH}}{UNIT * len(names)}{ratio}"


def table(measured: dict[str, Measured]) -> str:
    """Return a line per figure: median and p90 of each app, and the first median divided by the second."""
    first, *others = measured.values()
    lines = []
    for figure, taken in first.items():
        line = f"{figure:{WIDTH}}" + "".join(_cell(one[figure]) for one in measured.values())
        if others:
            line += f"{statistics.median(taken) / statistics.median(others[0][figure]):7.2f}"
        lines.append(line)
    return "\n".join(lines)


def _cell(figures: list[float]) -> str:
    return f"{statistics.median(figures):11.1f}{p90(figures):8.1f}"
