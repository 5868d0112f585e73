"""Network addresses as limits count them, and counts of what each of them holds at once."""

from __future__ import annotations

import functools
import ipaddress
from collections import Counter

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

IPV6_PREFIX = 64
"""A household or server gets a whole network of this prefix length (RFC 6177), so that counts as one."""


@functools.lru_cache(10_000)
def limit_key(address: str) -> str:
    """Return what an address is counted as: its network for IPv6, otherwise the address itself."""
    known = _parsed(address)
    if known is None or known.version == 4:
        return str(known or address)
    return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False))


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    """Return whether an address belongs to any of these networks."""
    known = _parsed(address)
    return known is not None and any(known in network for network in networks)


class ConcurrencyLimit:
    """A count of what each address or account holds at the same time."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def take(self, who: str, most: int) -> bool:
        """Count one more and return True, unless that would exceed `most`. Pair it with `give_back`."""
        if self._held[who] >= most:
            return False
        self._held[who] += 1
        return True

    def give_back(self, who: str) -> None:
        """Count one fewer."""
        self._held[who] -= 1
        if self._held[who] <= 0:
            del self._held[who]

    def __len__(self) -> int:
        """Return how many addresses or accounts hold any."""
        return len(self._held)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known
