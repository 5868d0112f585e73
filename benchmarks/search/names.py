"""Names and captions distributed as unevenly as real ones, the same on each run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

_FIRST = (
    "maria ana anna laura sofia julia emma olivia lea mia nina elena sara lucas david daniel martin"
    " michael alexander christopher marco paul peter thomas jan leo max noah felix josé andré zoë rené"
)
_LAST = "garcia smith müller silva santos kim lee nguyen rossi novak kowalski ivanov tanaka jensen brown"
_WORDS = (
    "the a of in and with at my on for this to light morning sunset coffee mountain sea city blue home"
    " window street summer winter rain snow river bridge garden bread harbour fog moon forest lisbon"
)
_SYLLABLES = (
    "ba be bi bo ca ce co da de di do fa fe ga go ha he hi ka ke ki ko la le li lo ma me mi mo na ne ni"
    " no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo wa we za ze zi zo an en in on ar er"
).split()


class Generator:
    """A generator of random people and captions. All seeds share one vocabulary, but draw differently."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(7)
        self._first = self._skewed(_FIRST.split(), 4_000)
        self._last = self._skewed(_LAST.split(), 40_000)
        self._words = self._skewed(_WORDS.split(), 60_000)
        self.random = random.Random(seed)

    def _skewed(self, given: Sequence[str], number: int) -> tuple[list[str], list[float]]:
        """Return words and their cumulative weights, which fall off with the rank as in Zipf's law."""
        words = dict.fromkeys(given)
        while len(words) < number:
            words["".join(self.random.choices(_SYLLABLES, k=self.random.randint(2, 4)))] = None
        weights = itertools.accumulate(1 / (place + 5) for place in range(len(words)))
        return list(words), list(weights)

    def _some(self, weighted: tuple[list[str], list[float]], number: int = 1) -> list[str]:
        return self.random.choices(weighted[0], cum_weights=weighted[1], k=number)

    def person(self, number: int) -> tuple[str, str]:
        """Return a username and a full name."""
        [first], [last] = self._some(self._first), self._some(self._last)
        dot = self.random.choice((".", "_", ""))
        plain = "".join(char for char in f"{first}{dot}{last}" if char.isascii())[:20]
        return f"{plain}{number}", f"{first.title()} {last.title()}"

    def caption(self) -> str:
        """Return some words, mostly common ones."""
        return " ".join(self._some(self._words, self.random.randint(3, 18)))

    def followers(self) -> int:
        """Return a number of followers: few for most people, millions for some."""
        return min(int(self.random.paretovariate(0.7) * 10), 5_000_000)
