"""The allocator's setting is taken where there is one."""

import platform

from cli.memory import share_arenas


def test_glibc_takes_the_setting() -> None:
    assert share_arenas() == (platform.libc_ver()[0] == "glibc")
