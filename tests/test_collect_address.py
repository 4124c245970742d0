"""The address guard: what may be dialled."""

from ipaddress import ip_network

import pytest

from flows.collect import address

CLOSED = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.20.0.1",
    "192.168.1.1", "192.0.0.8", "198.18.0.1", "203.0.113.9", "224.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1",
    "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "2001:0:7f00:1::", "5f00::1",
    "fe80::1%eth0", "127.1", "0x7f000001", "2130706433", "", "example.am",
]  # fmt: skip


@pytest.mark.parametrize("one", CLOSED)
def test_no_private_special_or_disguised_address_is_dialled(one):
    assert address.refusal(one)


@pytest.mark.parametrize("one", ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111"])
def test_public_addresses_are_dialled(one):
    assert address.refusal(one) is None


def test_a_source_may_name_the_private_networks_it_uses():
    allowed = (ip_network("127.10.0.0/16"),)
    assert address.refusal("127.10.3.4", allowed) is None
    assert address.refusal("127.0.0.1", allowed)
    assert address.refusal("::ffff:127.10.3.4", allowed)
