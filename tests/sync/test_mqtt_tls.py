"""TLS with what `tillside-hq` makes: the certificate is the name, and the name is what may be said.

Each refusal stands beside a word of the same kind that goes through, so that none is a dead broker.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sync.link_options import TlsFiles
from sync.payload import Packet
from tests.brokers import Broker
from tests.secure_broker import SecureHq
from tests.sync.link_peer import PATIENCE_S, Peer, peer

ME = "retail/v1/s001/1"


@pytest.fixture(scope="module")
def hq(tmp_path_factory: pytest.TempPathFactory) -> SecureHq:
    return SecureHq(tmp_path_factory.mktemp("secure"))


@pytest.fixture
def broker(hq: SecureHq, rules: str) -> Iterator[Broker]:
    running = hq.start(rules)
    yield running
    running.kill()


@pytest.fixture
def rules(hq: SecureHq, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    hq.run("acl")
    return capsys.readouterr().out


@pytest.fixture(scope="module")
def mine(hq: SecureHq) -> TlsFiles:
    return hq.lane("s001", "1")


def word(topic: str) -> Packet:
    return Packet(topic, b"{}", "ack/1", "application/json")


# What the rules refuse.


@pytest.mark.parametrize(
    "foreign",
    [
        "retail/v1/s001/2/up/rows",  # another lane of the store
        "retail/v1/s002/1/up/rows",  # another store's lane
        "retail/v1/s001/down/recall",  # headquarters' words to the store
        "retail/v1/s001/1/down/ack",  # and to the lane itself
        "retail/v1/s002/down/manifest",
        "retail/v1/s001/1/rows",  # beside what is the lane's
    ],
)
async def test_a_lane_writes_its_own_words_only(
    broker: Broker, hq: SecureHq, mine: TlsFiles, foreign: str
) -> None:
    """The forbidden word is refused aloud and reaches nobody; the lane's next word goes through."""
    async with (
        peer(broker.port, "hq", "retail/v1/#", tls=hq.files) as ears,
        peer(broker.port, "s001-1-lane", tls=mine) as lane,
    ):
        lane.link.publish(word(foreign))
        await lane.until(lambda: lane.poison)
        await lane.until(lambda: lane.link.publish(word(f"{ME}/up/rows")))
        await ears.until(lambda: ears.heard)
        await ears.until(lambda: ears.heard[-1].topic == f"{ME}/up/rows")
        assert [poison.topic for poison in lane.poison] == [foreign]
        assert foreign not in {packet.topic for packet in ears.heard}


async def test_a_lane_hears_its_own_store_and_itself_only(
    broker: Broker, hq: SecureHq, mine: TlsFiles
) -> None:
    """Listening to everything, it gets neither other stores' deltas nor other lanes' rows."""
    allowed = ["retail/v1/s001/down/delta", f"{ME}/down/ack"]
    other = hq.lane("s001", "2")
    async with (
        peer(broker.port, "hq", tls=hq.files) as speaker,
        peer(broker.port, "s001-2-lane", tls=other) as neighbour,
        peer(broker.port, "s001-1-lane", "retail/v1/#", tls=mine) as lane,
    ):
        neighbour.link.publish(word("retail/v1/s001/2/up/rows"))
        for topic in ("retail/v1/s002/down/delta", "retail/v1/s001/2/down/ack", *allowed):
            speaker.link.publish(word(topic))
        await lane.until(lambda: len(lane.heard) == 2)
        assert [packet.topic for packet in lane.heard] == allowed


async def test_headquarters_may_not_speak_as_a_lane(
    broker: Broker, hq: SecureHq, mine: TlsFiles
) -> None:
    """A stolen certificate of headquarters still writes no rows."""
    async with (
        peer(broker.port, "s001-1-lane", f"{ME}/down/#", tls=mine) as lane,
        peer(broker.port, "hq", "retail/v1/#", tls=hq.files) as speaker,
    ):
        speaker.link.publish(word(f"{ME}/up/rows"))
        await speaker.until(lambda: speaker.poison)
        await speaker.until(lambda: speaker.link.publish(word(f"{ME}/down/ack")))
        await lane.until(lambda: lane.heard)
        assert [poison.topic for poison in speaker.poison] == [f"{ME}/up/rows"]
        assert speaker.heard == []


# Who does not come in at all.


@asynccontextmanager
async def outside(broker: Broker, tls: TlsFiles | None, host: str = "127.0.0.1"):
    """A lane that tries to connect, until it has been told why it cannot."""
    lane = Peer(broker.port, "s001-1-lane", tls=tls, host=host)
    running = asyncio.ensure_future(lane.link.run())
    try:
        await lane.until(lambda: lane.downs)
        yield lane
        assert lane.ups == []
    finally:
        await lane.link.stop()
        await asyncio.wait_for(running, PATIENCE_S)


# paho leaves the socket of a failed handshake to the collector, which closes it with a warning
unswept = pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")


@unswept
async def test_no_certificate_no_word(broker: Broker, mine: TlsFiles) -> None:
    """A client that only trusts the broker is not let in."""
    async with outside(broker, TlsFiles(mine.ca)):
        pass
    assert "peer did not return a certificate" in broker.log.read_text()


@unswept
async def test_a_certificate_of_another_authority(
    broker: Broker, mine: TlsFiles, tmp_path: Path
) -> None:
    """The right name is not enough: this chain's authority must have given it."""
    stranger = SecureHq(tmp_path).lane("s001", "1")
    async with outside(broker, TlsFiles(mine.ca, stranger.certificate, stranger.key)):
        pass
    assert "certificate verify failed" in broker.log.read_text()


@unswept
async def test_an_expired_certificate(
    broker: Broker, hq: SecureHq, mine: TlsFiles, tmp_path: Path
) -> None:
    """Signed three years ago for two; signed anew, the same key comes in."""
    tls = tmp_path / "tls"
    shutil.copytree(mine.ca.parent, tls)
    old = ["--now", "2023-11-01T00:00:00Z"]
    sign = ["sign", "s001", "1", str(tls / "lane.csr"), "--out", str(tls / "lane.pem")]
    hq.run(*sign, *old)
    files = TlsFiles(tls / "ca.pem", tls / "lane.pem", tls / "lane.key")
    async with outside(broker, files):
        pass
    assert "certificate verify failed" in broker.log.read_text()
    hq.run(*sign)
    async with peer(broker.port, "s001-1-lane", tls=files) as renewed:
        assert renewed.ups


@unswept
async def test_a_broker_of_another_authority(
    broker: Broker, mine: TlsFiles, tmp_path: Path
) -> None:
    """A lane does not speak to a stranger, and says why."""
    stranger = SecureHq(tmp_path).lane("s001", "1")
    async with outside(broker, TlsFiles(stranger.ca, mine.certificate, mine.key)) as lane:
        assert "CERTIFICATE_VERIFY_FAILED" in lane.downs[0]


@unswept
async def test_a_broker_under_another_name(broker: Broker, mine: TlsFiles) -> None:
    """Its certificate is for 127.0.0.1: under the name localhost it could be anyone's."""
    async with outside(broker, mine, host="localhost") as lane:
        assert "localhost" in lane.downs[0]
