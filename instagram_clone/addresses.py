"""Network addresses as limits count them, and how much of something each of them has at once."""

from __future__ import annotations

import functools
import ipaddress
from collections import Counter

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

IPV6_PREFIX = 64
"""One household or server has a whole network of so many bits (RFC 6177): its addresses are one."""


@functools.lru_cache(10_000)
def counted_as(address: str) -> str:
    """Return what an address is counted as: an IPv6 one as its network, anything else as it is."""
    known = _parsed(address)
    if known is None or known.version == 4:
        return str(known or address)
    return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False))


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    """Tell whether an address belongs to one of some networks."""
    known = _parsed(address)
    return known is not None and any(known in network for network in networks)


class AtOnce:
    """How many of something each address, or each account, has at the same time."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def take(self, who: str, most: int) -> bool:
        """Count one more, unless that would be more than `most`. Who takes gives back."""
        if self._held[who] >= most:
            return False
        self._held[who] += 1
        return True

    def give_back(self, who: str) -> None:
        """Count one less."""
        self._held[who] -= 1
        if self._held[who] <= 0:
            del self._held[who]

    def __len__(self) -> int:
        """How many have any."""
        return len(self._held)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known
