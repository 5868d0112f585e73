"""Carrying news between processes: what one announces, the tabs of all others hear of too.

Every process carries an event to its own tabs (`carriers`) and, where there is a Redis, publishes it for
the others to do the same (`exchange`).
"""

from instagram_clone.live.bus.carriers import Reach, carry, everywhere, is_of_few, is_settled
from instagram_clone.live.bus.exchange import between_processes

__all__ = ["Reach", "between_processes", "carry", "everywhere", "is_of_few", "is_settled"]
