"""Two clients of one name: noticed, said once, and slowed down. And a broker that forgets."""

from __future__ import annotations

import pytest

from sync.payload import Packet
from sync.rivals import SHORT_S, TAKEN_OVER, TIMES, Rivals
from tests.brokers import Broker
from tests.sync.link_peer import peer


def fall(rivals: Rivals, at: float, lasted: float, why: str = "Unspecified error") -> str:
    rivals.up(at)
    return rivals.down(at + lasted, why)


def test_three_short_links_in_a_row_are_said_once() -> None:
    """Not the first two, and not again while it goes on."""
    rivals = Rivals()
    said = [fall(rivals, at, 1.0) for at in (0, 10, 20, 30, 40)]
    assert [bool(words) for words in said] == [False, False, True, False, False]
    assert "does another client go by our name" in said[2]
    assert rivals.suspected


def test_a_long_link_between_them_counts_anew() -> None:
    """A broker that restarts now and then is no rival; a new fight is said again."""
    rivals = Rivals()
    for at, lasted in ((0, 1.0), (10, 1.0), (20, SHORT_S), (100, 1.0), (110, 1.0)):
        assert fall(rivals, at, lasted) == ""
    assert fall(rivals, 120, 1.0)
    assert fall(rivals, 200, SHORT_S) == ""
    assert not rivals.suspected
    assert [bool(fall(rivals, at, 1.0)) for at in (300, 310, 320)] == [False, False, True]


def test_the_brokers_own_word_for_it_is_enough() -> None:
    """MQTT 5 reason 0x8E: at the first time, however long the link was up."""
    rivals = Rivals()
    assert fall(rivals, 0, 5000.0, TAKEN_OVER) == "another client goes by our name"
    assert rivals.suspected


def test_links_that_never_came_up_are_no_rivals() -> None:
    """A broker that is away refuses every try."""
    rivals = Rivals()
    assert [rivals.down(float(at), "refused") for at in range(5)] == [""] * 5
    assert not rivals.suspected


async def test_a_clone_is_noticed_on_a_real_broker(mosquitto: Broker) -> None:
    """Both say so; once one is gone, the other's words arrive as ever."""
    async with (
        peer(mosquitto.port, "s001-1-lane") as one,
        peer(mosquitto.port, "s001-1-lane") as two,
    ):
        await one.until(lambda: one.rivals)
        await two.until(lambda: two.rivals)
        assert len(one.downs) >= TIMES
    async with (
        peer(mosquitto.port, "ears", "t/#") as ears,
        peer(mosquitto.port, "s001-1-lane") as survivor,
    ):
        survivor.link.publish(Packet("t/1", b"{}", "ack/1", "application/json"))
        await ears.until(lambda: ears.heard)
        assert survivor.rivals == []


@pytest.mark.parametrize("forget", [False, True])
async def test_a_restarted_broker_says_whether_it_knows_us(mosquitto: Broker, forget: bool) -> None:
    """With its file the session is kept; killed and emptied, it tells that it is new."""
    async with peer(mosquitto.port, "lane", "t/#") as lane:
        if forget:
            mosquitto.kill()
            for file in mosquitto.log.parent.glob("mosquitto.db*"):
                file.unlink()
        else:
            mosquitto.stop()
        await lane.until(lambda: lane.downs)
        mosquitto.start()
        await lane.until(lambda: len(lane.ups) > 1)
        assert lane.ups == [False, not forget]
