"""Event delivery across processes: what one process publishes also reaches the tabs of all others.

Every process delivers an event to its own tabs (`carriers`) and, if there is a Redis, publishes it for the
others to do the same (`exchange`).
"""

from instagram_clone.live.bus.carriers import Reach, everywhere, is_among_first, is_settled, subscribe
from instagram_clone.live.bus.exchange import between_processes

__all__ = ["Reach", "between_processes", "everywhere", "is_among_first", "is_settled", "subscribe"]
