"""Arms against the plan: the test's numbers, what it says, and whom it counts."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import timedelta

import pytest

from hq.cli import main
from hq.exposures import experiments
from hq.inbox import Inbox
from hq.sample_ratio import sample_ratio
from hq.statements import put
from hq.store import encode
from offers.context import Experiment
from offers.experiments import arm_of
from offers.records import Ghost, Issued
from tests.hq.conftest import NOON


def exact_p(exposed, ghosts, share):
    """Sum the binomial chances of everything at least as far from the plan, both sides."""
    total, planned = exposed + ghosts, (exposed + ghosts) * share
    return sum(
        math.comb(total, k) * share**k * (1 - share) ** (total - k)
        for k in range(total + 1)
        if abs(k - planned) >= abs(ghosts - planned) - 1e-9
    )


def test_the_chi_square_by_hand():
    """900 and 100 planned, 930 and 70 seen: 30^2/900 + 30^2/100 = 10; p of 10 is 0.001565."""
    check = sample_ratio(930, 70, 100)
    assert check.planned_ghosts == 100
    assert check.p == pytest.approx(0.001565, abs=1e-6)
    assert check.verdict == "as planned"


@pytest.mark.parametrize(("exposed", "ghosts"), [(450, 50), (470, 30), (430, 70), (440, 60)])
def test_p_is_near_the_exact_chance(exposed, ghosts):
    """The binomial sum, worked out in full, is of the same size."""
    p = sample_ratio(exposed, ghosts, 100).p
    assert p == pytest.approx(exact_p(exposed, ghosts, 0.1), rel=0.6, abs=0.02)


@pytest.mark.parametrize(
    ("exposed", "ghosts", "words"),
    [
        (1000, 0, "fewer held out than planned: find out why before reading any result"),
        (800, 200, "more held out than planned: find out why before reading any result"),
        (900, 100, "as planned"),
        (44, 5, "too few shoppers to tell"),
        (0, 0, "too few shoppers to tell"),
    ],
)
def test_the_verdict_in_words(exposed, ghosts, words):
    """A tenth is to be held out."""
    assert sample_ratio(exposed, ghosts, 100).verdict == words


TRIAL = Experiment("spring", "salt", 200, ("plant",))
OTHER = Experiment("all", "pepper", 100)


def key(n):
    return hashlib.sha256(str(n).encode()).hexdigest()[:32]


def issued(offer_id):
    day = NOON.date()
    return Issued("u", "j", offer_id, 1, "x", "", "9520000900052", None, day, day, "ref")


@pytest.fixture
def collected(store, publish, lane1):
    """Two hundred shoppers' rows as lanes write them, and experiments as `apply` publishes them."""
    publish()
    campaign = json.loads(
        store.conn.execute("SELECT body FROM offers WHERE offer_id = 'oat-30'").fetchone()[0]
    )["campaign_id"]
    trial = Experiment("spring", "salt", 200, (campaign,))

    def run(*published, rows=None):
        body = encode(tuple(published) or (trial,)).decode()
        store.conn.execute(put("documents", "name body", "name"), ("experiments", body))
        for n in range(200):
            held = any(arm_of(key(n), it) == "holdout" for it in (published or (trial,)))
            lane1.write(Ghost("u", "oat-30", "ref") if held else issued("oat-30"), shopper=key(n))
        Inbox(store).rows("s001", "1", lane1.everything(), NOON)
        return experiments(store)

    run.trial = trial
    return run


def test_each_shopper_counts_once(store, collected, lane1):
    """As many as the hash says; a second coupon of one shopper changes nothing, nor her phone's."""
    treated = next(n for n in range(200) if arm_of(key(n), collected.trial) == "treat")
    store.conn.execute("INSERT INTO aliases VALUES (?, ?)", (key(5000), key(treated)))
    lane1.write(issued("oat-30"), shopper=key(treated))
    lane1.write(issued("oat-30"), shopper=key(5000))
    (line,) = collected()
    held = sum(arm_of(key(n), collected.trial) == "holdout" for n in range(200))
    assert (line["exposed"], line["ghosts"], line["crossed"]) == (200 - held, held, 0)
    assert line["verdict"] == "as planned"


def test_who_got_both_is_crossed(store, collected, lane1):
    """Given one coupon and held back another: in neither arm."""
    lane1.write(issued("oat-30"), shopper=key(1000))
    lane1.write(Ghost("u", "oat-30", "ref"), shopper=key(1000))
    (line,) = collected()
    assert line["crossed"] == 1
    assert line["exposed"] + line["ghosts"] == 200


def test_another_experiments_holdout_says_nothing_here(collected):
    """Who is held out of everything is left out of the smaller experiment's count."""
    lines = {line["experiment"]: line for line in collected(collected.trial, OTHER)}
    free = [key(n) for n in range(200) if arm_of(key(n), OTHER) == "treat"]
    held = sum(arm_of(it, collected.trial) == "holdout" for it in free)
    assert lines["spring"]["ghosts"] == held
    assert lines["spring"]["exposed"] == len(free) - held


def test_other_campaigns_and_older_rows_do_not_count(store, collected):
    """An experiment on a campaign of which nothing was printed; and rows from tomorrow on only."""
    (line,) = collected(Experiment("x", "s", 100, ("nothing",)))
    assert (line["exposed"], line["ghosts"], line["p"]) == (0, 0, None)
    body = encode((collected.trial,)).decode()
    store.conn.execute("UPDATE documents SET body = ? WHERE name = 'experiments'", (body,))
    (line,) = experiments(store, NOON + timedelta(days=1))
    assert (line["exposed"], line["ghosts"]) == (0, 0)


def test_the_command(collected, where, capsys):
    """A table for people, every field as JSON."""
    collected()
    words = ["experiments", "--db", str(where)]
    assert main(words) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split() == [
        "experiment",
        "exposed",
        "ghosts",
        "planned_ghosts",
        "crossed",
        "p",
        "verdict",
    ]
    assert table[1].startswith("spring")
    assert main([*words, "--json", "--since", "2030-01-01T00:00:00Z"]) == 0
    (line,) = json.loads(capsys.readouterr().out)
    assert (line["exposed"], line["verdict"]) == (0, "too few shoppers to tell")
