"""Event delivery across processes: what one process publishes also reaches the tabs of all others.

Every process delivers an event to its own tabs (`carriers`) and, if there is a Redis, publishes it for the
others to do the same (`exchange`).
"""

from instagram_clone.live.bus.carriers import Reach, carry, everywhere, is_of_few, is_settled
from instagram_clone.live.bus.exchange import between_processes

__all__ = ["Reach", "between_processes", "carry", "everywhere", "is_of_few", "is_settled"]
