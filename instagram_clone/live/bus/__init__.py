"""Event delivery across processes: what one process publishes also reaches the tabs of all others.

Every process delivers an event to its own tabs (`handlers`) and, if there is a Redis, publishes it for the
others to do the same (`exchange`).
"""

from instagram_clone.live.bus.exchange import between_processes
from instagram_clone.live.bus.handlers import Reach, claim_priority, everywhere, is_settled, subscribe

__all__ = ["Reach", "between_processes", "claim_priority", "everywhere", "is_settled", "subscribe"]
