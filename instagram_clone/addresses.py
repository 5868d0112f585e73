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
    parsed = _parse(address)
    if parsed is None or parsed.version == 4:
        return str(parsed or address)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    """Return whether an address belongs to any of these networks."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in networks)


class ConcurrencyLimit:
    """A count of what each address or account holds at the same time."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def take(self, key: str, limit: int) -> bool:
        """Count one more and return True, unless that would exceed `limit`. Pair it with `give_back`."""
        if self._held[key] >= limit:
            return False
        self._held[key] += 1
        return True

    def give_back(self, key: str) -> None:
        """Count one fewer."""
        self._held[key] -= 1
        if self._held[key] <= 0:
            del self._held[key]

    def __len__(self) -> int:
        """Return how many addresses or accounts hold any."""
        return len(self._held)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
