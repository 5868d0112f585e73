"""The embedded database: one real mongod for a data folder, while anybody needs it.

Every process that needs it holds a lease; a keeper process starts the server, starts it again
whenever it dies, and stops it when the last lease is gone. Whoever holds a lease starts the keeper
again should that die. Leases are file locks, which the kernel drops however a process ends, so
neither a crash nor `kill -9` leaves a server behind or takes it from the others.
"""

from instagram_clone.mongod.binary import MongodMissing, binary
from instagram_clone.mongod.leases import NotRunning, current_uri, lease, release, supervise

__all__ = ["MongodMissing", "NotRunning", "binary", "current_uri", "lease", "release", "supervise"]
