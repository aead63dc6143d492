"""The address by which callers are counted: one machine, or the network that one subscriber of IPv6 has."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

NOWHERE: Final = ""  # a Unix socket, or what is no address
LONGEST: Final = 100
_SUBSCRIBER: Final = 64  # bits of an IPv6 address that a provider gives; the rest is the subscriber's to change


def counted_address(text: str) -> str:
    """The address under which a caller is counted: IPv4 as it is, IPv6 by its /64."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return NOWHERE if not text else text[:LONGEST]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((int(address), _SUBSCRIBER), strict=False))
