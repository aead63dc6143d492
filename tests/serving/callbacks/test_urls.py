"""Callback URLs have one canonical form, and what parsers disagree on is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.callbacks.urls import CallbackUrlError, parse_url

NASTY = [
    "",
    "hooks",
    "//example.com/x",
    "http://example.com/x",
    "ftp://example.com/x",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_",
    "https://",
    "https:///x",
    "https://user:secret@example.com/x",
    "https://example.com@evil.example/x",
    "https://@example.com/x",
    "https://example.com\\@evil.example/x",
    "https://example.com/\\evil",
    "https://example.com/a b",
    "https://example.com/a\tb",
    "https://example.com/\r\nHost: evil",
    "https://example.com/#fragment",
    "https://exa\u0455mple.com/x",
    "https://example.com:0/x",
    "https://example.com:99999/x",
    "https://example.com:x/y",
    "https://[::1/x",
    "https://[fe80::1%25eth0]/x",
    "https://exa_mple..com/x",
    "https://example.com/hooks/../admin",
    "https://example.com/hooks/%2e%2e/admin",
    "https://example.com/hooks/..%2fadmin",
    "https://example.com/hooks/%5c..",
    "https://example.com/%00",
    "https://example.com/" + "x" * 2_000,
]


@pytest.mark.parametrize("text", NASTY)
def test_a_doubtful_url_is_refused(text: str) -> None:
    with pytest.raises(CallbackUrlError):
        parse_url(text)


def test_a_url_is_written_in_one_way() -> None:
    assert str(parse_url("HTTPS://Example.COM:443/Hooks?a=B")) == "https://example.com/Hooks?a=B"
    assert str(parse_url("https://example.com:8443")) == "https://example.com:8443/"
    assert str(parse_url("https://[2606:4700::1]:8443/x")) == "https://[2606:4700::1]:8443/x"


def test_plain_http_is_a_choice() -> None:
    assert parse_url("http://example.com/x", plain_http=True).port == 80


BELOW = [
    ("https://a.example/hooks", True),
    ("https://a.example/hooks/", True),
    ("https://a.example/hooks/one?x=1", True),
    ("https://a.example/hooks?x=1", True),
    ("https://a.example/hooksmith", False),
    ("https://a.example/Hooks", False),
    ("https://a.example/", False),
    ("https://a.example:8443/hooks", False),
    ("http://a.example:443/hooks", False),
    ("https://a.example.evil.example/hooks", False),
    ("https://b.example/hooks", False),
]


@pytest.mark.parametrize(("text", "allowed"), BELOW)
def test_a_prefix_ends_at_the_border_of_a_segment(text: str, allowed: bool) -> None:
    prefix = parse_url("https://a.example/hooks")
    assert parse_url(text, plain_http=True).lies_below(prefix) is allowed


@given(st.text(max_size=40))
def test_whatever_is_accepted_is_accepted_again_in_its_canonical_form(tail: str) -> None:
    try:
        url = parse_url("https://example.com/" + tail)
    except CallbackUrlError:
        return
    assert parse_url(str(url)) == url
    assert url.host == "example.com"
