"""Which internet addresses may be dialled; pure decisions on an explicit range table.

`ipaddress.is_global` is not enough: in Python 3.11 it lets multicast, NAT64, 6to4 and
`::a.b.c.d` through, each of which can lead inside a private network.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

# every IPv4 block that IANA's special-purpose registry keeps off the public internet
_CLOSED_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, cloud metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # IETF protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
# of IPv6 only global unicast is open, less the parts that embed or test something else
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments: Teredo, benchmarking, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 embeds IPv4
            "3fff::/20",  # documentation
        ),
    )
)


def refusal(address: str, allowed: Sequence[IPv4Network | IPv6Network] = ()) -> str | None:
    """Say why `address` may not be dialled, or None when it may.

    Args:
        address: what the resolver gave; anything but a plain address is refused.
        allowed: networks that a source may use although they are private.
    """
    if "%" in address:
        return f"{address} has a zone"
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"{address!r} is not an address"
    if any(parsed in network for network in allowed if network.version == parsed.version):
        return None
    if parsed.version == 4:
        closed = any(parsed in network for network in _CLOSED_V4)
    else:
        closed = parsed not in _OPEN_V6 or any(parsed in network for network in _CLOSED_V6)
    return f"{address} is not a public address" if closed else None
