"""Two lanes as processes, one of them the arbiter, over the brokers of deploy/: a coupon is used once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arbitrated_store import Chain, at_both, reasons, saved, until

OAT = "oat-30"


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    made = Chain(tmp_path)
    try:
        made.set_up("1", "2")
        made.appoint("1")
        yield made
    finally:
        made.tear_down()


def test_headquarters_away_one_lane_gets_each_coupon(chain: Chain) -> None:
    """Ten coupons at both lanes at once, then kill -9 of the arbiter: never two, and none forgotten."""
    chain.hq_broker.kill()
    first = [at_both(chain, f"a{n}", chain.coupon(n)) for n in range(10)]
    assert [sum(saved(told) > 0 for told in pair) for pair in first] == [1] * 10
    lost = [told for pair in first for told in pair if not saved(told)]
    assert {reasons(told)[OAT] for told in lost} == {"CLAIMED_ELSEWHERE"}
    assert not any(
        verdict["provisional"] for pair in first for t in pair for verdict in t["verdicts"]
    )
    for n, pair in enumerate(first):
        winner = "1" if saved(pair[0]) else "2"
        if n % 2:
            chain.lanes[winner].tender(f"a{n}", pair[int(winner) - 1])
    chain.lanes["1"].kill()
    chain.lanes["1"].start()
    until(lambda: chain.lanes["1"].says("store link is up", 2), chain.logs)
    again = [at_both(chain, f"b{n}", chain.coupon(n)) for n in range(10)]
    assert [sum(saved(told) for told in pair) for pair in again] == [0] * 10
    fresh = at_both(chain, "c", chain.coupon(50))
    assert sum(saved(told) > 0 for told in fresh) == 1


def test_another_lane_takes_over_in_a_new_term(chain: Chain) -> None:
    """Held, used and given back in term 1: the arbiter of term 2 knows it, and grants the rest."""
    one, two = chain.lanes["1"], chain.lanes["2"]
    held, used, free = (chain.coupon(n) for n in range(3))
    assert saved(two.put("held", held))
    told = one.put("used", used)
    one.tender("used", told)
    assert saved(one.put("void", free))
    one.void("void")
    chain.appoint("2")
    assert reasons(one.put("h", held))[OAT] == "CLAIMED_ELSEWHERE"
    assert reasons(two.put("u", used))[OAT] in ("ALREADY_REDEEMED", "CLAIMED_ELSEWHERE")
    pair = at_both(chain, "f", free)
    assert sum(saved(told) > 0 for told in pair) == 1
    assert two.says("this lane arbitrates, term 2")
    assert (one.folder / "data" / "arbiter-1.db").exists()


def test_a_lost_ledger_ends_in_a_new_term_by_itself(chain: Chain) -> None:
    """The arbiter's file is gone after a crash: headquarters begins term 2 with the same lane."""
    one, two = chain.lanes["1"], chain.lanes["2"]
    told = two.put("used", chain.coupon(0))
    two.tender("used", told)
    one.kill()
    for file in (one.folder / "data").glob("arbiter-1.db*"):
        file.unlink()
    one.start()
    until(lambda: one.says("this lane arbitrates, term 2"), chain.logs)
    until(lambda: one.says("term 2 is open"), chain.logs)
    assert not saved(one.put("u", chain.coupon(0)))
    assert saved(one.put("v", chain.coupon(1)))


def test_an_arbiter_that_is_gone_means_the_caps(chain: Chain) -> None:
    """Nobody stands in for it: accepted within the caps, shown as such, and each use has its end."""
    one, two = chain.lanes["1"], chain.lanes["2"]
    told = one.put("first", chain.coupon(0))
    one.tender("first", told)
    one.kill()
    uses = []
    for n in range(2):
        told = two.put(f"p{n}", chain.coupon(n))
        assert [verdict["provisional"] for verdict in told["verdicts"]] == [True]
        uses.append(two.tender(f"p{n}", told)["redeemed"])
    assert uses == [[OAT], [OAT]]
    one.start()
    query = "SELECT outcome, owner FROM provisionals ORDER BY serial"
    until(lambda: "open" not in dict(chain.rows(query)) and len(chain.rows(query)) == 2, chain.logs)
    assert chain.rows(query) == [("duplicate_honoured", "headquarters"), ("accepted", "Granella")]
    assert chain.rows("SELECT count(*) FROM duplicates WHERE used") == [(1,)]
