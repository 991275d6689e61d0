"""Arms of an experiment: the same everywhere, in the share that was asked for."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys

import pytest

from offers.context import Experiment
from offers.experiments import arm_of, with_arms

TEN = Experiment("autumn", "salt", 100)


def keys(count):
    return [hashlib.sha256(str(n).encode()).hexdigest()[:32] for n in range(count)]


def test_the_arm_is_the_keyed_hash_in_permille():
    """Worked out by hand: the hash as a fraction of 2^64 lies below 100/1000."""
    for shopper in keys(200):
        raw = hmac.new(b"salt", b"autumn\n" + shopper.encode(), hashlib.sha256).digest()[:8]
        fraction = int.from_bytes(raw, "big") / 2**64
        assert arm_of(shopper, TEN) == ("holdout" if fraction < 0.1 else "treat")


def test_the_edge_is_treated():
    """Places run from 0: with 100 of a thousand held out, 99 is the last one, and 100 is treated."""
    places = {}
    for shopper in keys(5000):
        raw = hmac.new(b"salt", b"autumn\n" + shopper.encode(), hashlib.sha256).digest()[:8]
        places[int.from_bytes(raw, "big") * 1000 // 2**64] = shopper
    assert arm_of(places[99], TEN) == "holdout"
    assert arm_of(places[100], TEN) == "treat"


@pytest.mark.parametrize("permille", [1, 50, 500, 999])
def test_the_share_is_what_was_asked_for(permille):
    """Of 20,000 shoppers, within five standard deviations."""
    experiment = Experiment("x", "s", permille)
    held = sum(arm_of(it, experiment) == "holdout" for it in keys(20_000))
    p = permille / 1000
    assert abs(held - 20_000 * p) <= 5 * (20_000 * p * (1 - p)) ** 0.5


def test_another_process_finds_the_same_arms():
    """No seed of this process is in it."""
    script = (
        "from offers.experiments import arm_of; from offers.context import Experiment;"
        "import sys; print(''.join(arm_of(k, Experiment('autumn', 'salt', 100))[0]"
        " for k in sys.argv[1:]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, *keys(50)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    assert told == "".join(arm_of(it, TEN)[0] for it in keys(50))


def test_experiments_divide_independently():
    """Half and half twice, by id or by salt: a quarter is held out of both."""
    one = Experiment("a", "s", 500)
    for other in (Experiment("b", "s", 500), Experiment("a", "t", 500)):
        both = sum(arm_of(k, one) == arm_of(k, other) == "holdout" for k in keys(4000))
        assert 850 <= both <= 1150


def test_arms_are_set_where_the_campaign_takes_part(make):
    """A held-out shopper: of C1 only, of all, of another; an own coupon without assignment stays."""
    shopper = next(it for it in keys(100) if arm_of(it, TEN) == "holdout")
    mine, plain = make.candidate(), make.candidate(score=2.0)
    loose = type(mine)(make.offer())
    for campaigns, arm in (((), "holdout"), (("C1",), "holdout"), (("C9",), "treat")):
        experiment = Experiment("autumn", "salt", 100, campaigns)
        got = with_arms((mine, plain, loose), shopper, [experiment])
        assert [it.assignment.arm for it in got[:2]] == [arm, arm]
        assert got[2] == loose


def test_headquarters_own_holdout_stays(make):
    """A treated shopper keeps the holdout that was written for her; the rest are untouched."""
    shopper = next(it for it in keys(100) if arm_of(it, TEN) == "treat")
    some = (make.candidate(arm="holdout"), make.candidate())
    assert with_arms(some, shopper, [TEN]) == some
    assert with_arms(some, shopper, []) == some
