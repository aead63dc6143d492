"""Only public addresses are called, whatever a name says it stands for."""

import asyncio
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.callbacks.addresses import AddressRefusedError, ends, inner, resolve, why_not

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"),
    *("::1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"),
    *("::127.0.0.1", "100.127.255.255", "::ffff:100.64.0.1", "64:ff9b::6440:1", "2002:6440:1::1"),
    # Translated (RFC 2765), a gateway of one's own (RFC 8215), ISATAP, and IPv6 that the internet does not route.
    *("::ffff:0:7f00:1", "::ffff:0:6440:1", "64:ff9b:1:808:8:800::", "64:ff9b:1::808:808", "2606:4700::5efe:a00:1"),
    *("2606:4700::200:5efe:7f00:1", "5f00::1", "4000::1"),
]
NEVER = [
    *("0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.255.255.255", "255.255.255.255"),
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "192.88.99.1"),
    *("::", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "2001::1", "fd00:ec2::254"),
    *("100.100.100.200", "::ffff:100.100.100.200", "::ffff:0:a9fe:a9fe", "2606:4700::5efe:a9fe:a9fe"),
    *("64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1::a9fe:a9fe"),
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254"),
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("text", PRIVATE)
def test_our_own_networks_are_called_only_where_that_is_configured(text: str) -> None:
    assert why_not(ip_address(text), private=False) is not None
    assert why_not(ip_address(text), private=True) is None


@pytest.mark.parametrize("text", NEVER)
def test_some_addresses_are_never_called(text: str) -> None:
    assert why_not(ip_address(text), private=False) is not None
    assert why_not(ip_address(text), private=True) is not None


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_called(text: str) -> None:
    assert why_not(ip_address(text), private=False) is None


@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_an_address_inside_another_one_is_judged_as_itself(number: int) -> None:
    plain = ip_address(number)
    for carrier in (f"::ffff:{plain}", f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}"):
        assert inner(ip_address(carrier)) == plain
        assert (why_not(ip_address(carrier), private=False) is None) == (why_not(plain, private=False) is None)


@given(st.ip_addresses())
def test_what_is_called_is_global(address: object) -> None:
    judged = ip_address(str(address))
    if why_not(judged, private=False) is None:
        assert all(end.is_global and not end.is_multicast for end in ends(judged))


NUMBERS = ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "::1"]


@pytest.mark.parametrize("host", NUMBERS)
def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    with pytest.raises(AddressRefusedError):
        asyncio.run(resolve(host, 443, private=False))


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefusedError, match="no address"):
        asyncio.run(resolve("nowhere.invalid", 443, private=True))
