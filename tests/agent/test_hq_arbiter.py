"""Two lanes with the link to headquarters alone, over deploy/hq-broker.conf: a coupon is used once."""

from __future__ import annotations

from pathlib import Path

from tests.arbitrated_store import Chain, at_both, reasons, saved, until

OAT = "oat-30"


def test_headquarters_decides_where_a_store_has_no_broker(tmp_path: Path) -> None:
    """Ten coupons at both lanes at once: one lane gets each, and none is accepted unasked."""
    chain = Chain(tmp_path, store_link=False)
    try:
        chain.set_up("1", "2")
        until(lambda: all(lane.says("link to headquarters is up") for lane in chain.lanes.values()))
        pairs = [at_both(chain, f"a{n}", chain.coupon(n)) for n in range(10)]
        assert [sum(saved(told) > 0 for told in pair) for pair in pairs] == [1] * 10
        lost = [told for pair in pairs for told in pair if not saved(told)]
        assert {reasons(told)[OAT] for told in lost} == {"CLAIMED_ELSEWHERE"}
        told = [told for pair in pairs for told in pair]
        assert not any(verdict["provisional"] for answer in told for verdict in answer["verdicts"])
    finally:
        chain.tear_down()
