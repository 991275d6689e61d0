"""TLS: the lane's certificate is its name at the broker, and its name is what it may say."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from sync.link_options import TlsFiles
from sync.payload import Packet
from tests.brokers import Broker, start_mosquitto
from tests.sync.link_peer import PATIENCE_S, Peer, peer

CONFIG = """cafile {home}/ca.pem
certfile {home}/broker.pem
keyfile {home}/broker.key
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {home}/acl
"""


ACL = """pattern readwrite retail/v1/%u/#
user S1/2
topic read retail/v1/S1/down/#
user hq
topic readwrite retail/v1/#
"""


class Authority:
    """A certificate authority of one test."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name("test authority")
        self._write("ca", self.name, self.key, authority=True)

    def issue(self, file: str, common_name: str) -> TlsFiles:
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(file, _name(common_name), key, authority=False)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path = self.home / f"{file}.key"
        path.touch(0o600)
        path.write_bytes(pem)
        return TlsFiles(self.home / "ca.pem", self.home / f"{file}.pem", path)

    def _write(
        self, file: str, name: x509.Name, key: ec.EllipticCurvePrivateKey, authority: bool
    ) -> None:
        now = datetime.now(UTC)
        local = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder(self.name, name, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(local, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        (self.home / f"{file}.pem").write_bytes(made.public_bytes(Encoding.PEM))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def broker(tmp_path: Path, authority: Authority) -> Iterator[Broker]:
    authority.issue("broker", "broker")
    acl = tmp_path / "acl"
    acl.touch(0o600)
    acl.write_text(ACL)
    running = start_mosquitto(tmp_path, CONFIG.format(home=tmp_path))
    yield running
    running.kill()


def word(topic: str) -> Packet:
    return Packet(topic, b"{}", "ack/1", "application/json")


async def test_a_lane_speaks_under_its_own_name_only(broker: Broker, authority: Authority) -> None:
    """One pattern on the certificate's name keeps lane S1/2 out of lane S1/3's topics."""
    mine = authority.issue("lane", "S1/2")
    async with peer(broker.port, "s1-2", "retail/v1/S1/2/#", tls=mine) as lane:
        lane.link.publish(word("retail/v1/S1/3/up/rows"))
        await lane.until(lambda: lane.poison)
        await lane.until(lambda: lane.link.publish(word("retail/v1/S1/2/up/rows")))
        await lane.until(lambda: lane.heard)
        assert [packet.topic for packet in lane.heard] == ["retail/v1/S1/2/up/rows"]
        assert [poison.topic for poison in lane.poison] == ["retail/v1/S1/3/up/rows"]


async def test_a_lane_hears_its_own_store_only(broker: Broker, authority: Authority) -> None:
    """Another store's deltas, with its shoppers in them, do not reach this lane."""
    hq_files, mine = authority.issue("hq", "hq"), authority.issue("lane", "S1/2")
    async with (
        peer(broker.port, "hq", tls=hq_files) as hq,
        peer(broker.port, "s1-2", "retail/v1/+/down/#", "retail/v1/S1/2/#", tls=mine) as lane,
    ):
        for topic in (
            "retail/v1/S2/down/delta",
            "retail/v1/S1/down/delta",
            "retail/v1/S1/2/down/ack",
        ):
            hq.link.publish(word(topic))
        await lane.until(lambda: len(lane.heard) == 2)
        heard = {packet.topic for packet in lane.heard}
        assert heard == {"retail/v1/S1/down/delta", "retail/v1/S1/2/down/ack"}


# paho leaves the socket of a failed handshake to the collector, which closes it with a warning
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
async def test_a_broker_of_another_authority_is_refused(
    broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A lane does not speak to a stranger, and says why."""
    stranger = Authority(tmp_path_factory.mktemp("stranger"))
    lane = Peer(broker.port, "s1-2", tls=stranger.issue("lane", "S1/2"))
    running = asyncio.ensure_future(lane.link.run())
    await lane.until(lambda: lane.downs)
    assert "CERTIFICATE_VERIFY_FAILED" in lane.downs[0]
    assert lane.ups == []
    await lane.link.stop()
    await asyncio.wait_for(running, PATIENCE_S)
