"""Which addresses a message may be sent to, and the one that a host stands for at this moment.

A name is resolved once and the connection goes to exactly the address that was checked: a name that answers with a
public address first and a private one later (DNS rebinding) gains nothing.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

# Never called, whatever is configured: nothing there can be a receiver, and cloud machines keep their secrets there.
_NEVER: Final = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("::/128", "fe80::/10", "fec0::/10", "ff00::/8", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20"),
        *("fd00:ec2::254/128", "100.100.100.200/32"),
    )
)
# Our own networks: called only where TRIAGE_CALLBACK_PRIVATE says so.
_PRIVATE: Final = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7", "64:ff9b:1::/48"),
    )
)
# IPv6 addresses that carry an IPv4 address: what counts is where the packets end up.
_NAT64: Final = ip_network("64:ff9b::/96")
_LOCAL_NAT64: Final = ip_network("64:ff9b:1::/48")
_COMPATIBLE: Final = ip_network("::/96")
_TRANSLATED: Final = ip_network("::ffff:0:0:0/96")
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)  # the first half of an interface id that ends with an IPv4 address
# All that the internet routes of IPv6; what lies elsewhere is reserved, or somebody's own.
_GLOBAL_UNICAST: Final = ip_network("2000::/3")


class AddressRefusedError(ValueError):
    """A host that may not be called, or that has no address."""


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries (mapped, translated, compatible, NAT64, 6to4), or itself."""
    return ends(address)[-1]


def ends(address: Address) -> tuple[Address, ...]:
    """Where packets to an address may end up: there, and at each IPv4 address that it carries."""
    if isinstance(address, IPv4Address):
        return (address,)
    number = int(address)
    last = IPv4Address(number & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address in _NAT64 or address in _TRANSLATED or (address in _COMPATIBLE and number > 1):
        return (last,)
    if address in _LOCAL_NAT64:
        # RFC 6052 puts the IPv4 address around bits 64 to 71 below a prefix of 48 bits; some gateways put it last.
        split = IPv4Address(((number >> 64) & 0xFFFF) << 16 | (number >> 40) & 0xFFFF)
        return (address, *(end for end in (split, last) if int(end)))
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        return (address, last)
    return (address,)


def why_not(address: Address, *, private: bool) -> str | None:
    """Why an address may not be called; ``None`` when it may."""
    found = ends(address)
    if any(end in network for end in found for network in _NEVER):
        return f"{address} is no address of a receiver (reserved, link-local or multicast)"
    if not private and any(end in network for end in found for network in _PRIVATE):
        return f"{address} is a private address (TRIAGE_CALLBACK_PRIVATE allows those)"
    if not private and not all(map(_is_public, found)):
        return f"{address} is not a public address"
    return None


def _is_public(address: Address) -> bool:
    return address.is_global and (isinstance(address, IPv4Address) or address in _GLOBAL_UNICAST)


async def resolve(host: str, port: int, *, private: bool) -> Address:
    """The address to connect to; raises ``AddressRefusedError`` when any address of the host is not allowed."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefusedError(f"{host} has no address ({error})") from error
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    for address in addresses:
        refusal = why_not(address, private=private)
        if refusal is not None:
            raise AddressRefusedError(refusal)
    if not addresses:
        raise AddressRefusedError(f"{host} has no address")
    return addresses[0]
