"""The same facts give the same bytes, and what was decided comes back with the goods."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from offers.allocation import refund_minor, reverse
from offers.context import Context
from offers.decide import decide
from offers.records import Redemption
from tests.offers.test_solver_brute import draw

SCRIPT = """
import sys, msgspec
from offers.context import Context
from offers.decide import decide
for context in msgspec.json.decode(sys.stdin.buffer.read(), type=list[Context]):
    decision = decide(context)
    sys.stdout.buffer.write(msgspec.json.encode(decision, order="deterministic") + b"\\n")
"""


def contexts(make, seed, count, most=6):
    dice = random.Random(seed)
    facts = []
    for _ in range(count):
        offers, lines, products = draw(make, dice, most)
        facts.append(make.context(offers, lines, products=products))
    return facts


def test_every_process_decides_the_same_bytes(make):
    """All kinds of offers; read back from JSON, on another run, under other hash seeds."""
    facts = contexts(make, 11, 80)
    here = [msgspec.json.encode(decide(it), order="deterministic") for it in facts]
    body = msgspec.json.encode(facts)
    again = msgspec.json.decode(body, type=list[Context])
    assert [msgspec.json.encode(decide(it), order="deterministic") for it in again] == here
    root = Path(__file__).parents[2]
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        there = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            input=body,
            capture_output=True,
            check=True,
            env=env,
            timeout=60,
        )
        assert there.stdout.splitlines() == here


def redeemed(decision):
    """Make the records of a sale at which the till gave all that was decided."""
    return tuple(
        Redemption(
            verdict.offer_id,
            verdict.version,
            "C1",
            verdict.discount_minor,
            tuple(it for it in decision.shares if it.offer_id == verdict.offer_id),
            points=verdict.points,
            earned=tuple(it for it in decision.earned if it.offer_id == verdict.offer_id),
        )
        for verdict in decision.verdicts
        if verdict.outcome == "applied"
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_return_undoes_the_sale(make, seed):
    """All at once leaves nothing; line by line in any order sums to the same, points as well."""
    dice = random.Random(seed)
    for facts in contexts(make, 100 + seed, 60):
        decision, lines = decide(facts), facts.basket.lines
        sale = redeemed(decision)
        ids = [line.line_id for line in lines]
        whole = {it.offer_id: it for it in reverse(sale, lines, frozenset(), frozenset(ids))}
        assert all(it.whole for it in whole.values())
        assert sum(it.amount_minor for it in whole.values()) == decision.total_minor
        assert sum(it.points for it in whole.values()) == decision.points
        paid = sum(line.amount_minor for line in lines) - decision.total_minor
        assert refund_minor(sale, lines, frozenset(), frozenset(ids)) == paid
        back, before, refunds = [], frozenset(), 0
        for line_id in dice.sample(ids, len(ids)):
            back += reverse(sale, lines, before, frozenset({line_id}))
            refunds += refund_minor(sale, lines, before, frozenset({line_id}))
            before |= {line_id}
        assert refunds == paid
        for offer_id, full in whole.items():
            mine = [it for it in back if it.offer_id == offer_id]
            assert sum(it.amount_minor for it in mine) == full.amount_minor
            assert sum(it.points for it in mine) == full.points
            assert [it.whole for it in mine] == [False] * (len(mine) - 1) + [True]
