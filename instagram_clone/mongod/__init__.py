"""The embedded database: one real mongod per data folder, for as long as any process needs it.

Every process that needs it holds a lease. A keeper process starts the server, restarts it whenever it
dies, and stops it when the last lease is gone; if the keeper dies, a lease holder restarts it. Leases are
file locks, which the kernel releases however a process ends, so neither a crash nor `kill -9` leaves a
server behind or takes it away from the others.
"""

from instagram_clone.mongod.binary import MongodMissing, binary
from instagram_clone.mongod.leases import NotRunning, current_uri, lease, release, supervise

__all__ = ["MongodMissing", "NotRunning", "binary", "current_uri", "lease", "release", "supervise"]
