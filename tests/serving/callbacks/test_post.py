"""The connection goes to the address that was checked, and the certificate must still be the host's."""

import datetime as dt
import ssl
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from serving.callbacks import post as posting
from serving.callbacks.post import PostRules, post
from serving.callbacks.urls import parse_url
from tests.serving.callbacks.receiver import Receiver


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of flows.example.com."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "flows.example.com")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("flows.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    place = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return place


@pytest.fixture
def secure(certificate: Path) -> Iterator[Receiver]:
    """A receiver behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Receiver(tls=context) as running:
        yield running


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name stands for this machine; the names that were asked for."""
    asked: list[str] = []

    async def resolve(host: str, port: int, *, private: bool) -> IPv4Address:
        asked.append(host)
        return IPv4Address("127.0.0.1")

    monkeypatch.setattr(posting, "resolve", resolve)
    return asked


def send(receiver: Receiver, host: str, certificates: Path | None) -> posting.Outcome:
    url = parse_url(f"https://{host}:{receiver.port}/done")
    rules = PostRules(5, private=True, certificates=None if certificates is None else str(certificates))
    return post(url, "{}", {"content-type": "application/json"}, rules)


def test_the_name_is_resolved_once_and_stays_in_host_and_certificate(
    secure: Receiver, names: list[str], certificate: Path
) -> None:
    outcome = send(secure, "flows.example.com", certificate)
    assert (outcome.status, outcome.address, outcome.error) == (200, "127.0.0.1", None)
    assert names == ["flows.example.com"]
    assert secure.got[0].headers["host"] == f"flows.example.com:{secure.port}"


def test_another_hosts_certificate_is_refused(secure: Receiver, names: list[str], certificate: Path) -> None:
    outcome = send(secure, "other.example.com", certificate)
    assert (outcome.status, secure.got) == (None, [])
    assert "certificate" in (outcome.error or "").lower()


def test_an_unknown_authority_is_refused(secure: Receiver, names: list[str]) -> None:
    assert send(secure, "flows.example.com", None).status is None
    assert secure.got == []


def test_a_proxy_of_the_environment_is_not_used(
    secure: Receiver, names: list[str], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    assert send(secure, "flows.example.com", certificate).status == 200


def test_a_name_that_stands_for_a_private_address_is_not_called(receiver: Receiver) -> None:
    url = parse_url(f"http://localhost:{receiver.port}/hooks", plain_http=True)
    outcome = post(url, "{}", {}, PostRules(5))
    assert "private address" in (outcome.error or "")
    assert receiver.got == []
