"""Law as data: what is in force where, and when."""

from __future__ import annotations

from datetime import date

import pytest

from offers.law import Ban, LawRule, banned, bans_in_force, by_volume, in_place, paper_on_request
from offers.model import (
    AmountOff,
    CheapestFree,
    Condition,
    FixedPrice,
    NForM,
    NthPercent,
    OtherReduced,
    PercentOff,
    ProductSet,
    Selector,
)
from offers.reasons import Reason

NOW = date(2026, 11, 20)
FORMULA = Ban("infant_formula", Reason.LEGAL_INFANT_FORMULA)
TOBACCO = Ban("tobacco", Reason.LEGAL_TOBACCO)
ALCOHOL = Ban("alcohol", Reason.LEGAL_ALCOHOL)
HFSS = Ban("hfss", Reason.LEGAL_HFSS_VOLUME, volume_only=True)


@pytest.mark.parametrize(
    ("place", "on", "more"),
    [
        ("", NOW, {ALCOHOL}),
        ("DE", NOW, set()),
        ("IE", NOW, {ALCOHOL}),
        ("IE", date(2021, 1, 10), set()),
        ("IE-D", date(2021, 1, 11), {ALCOHOL}),
        ("GB-ENG", date(2025, 9, 30), set()),
        ("GB-ENG", date(2025, 10, 1), {HFSS}),
        ("GB-WLS", date(2026, 3, 25), set()),
        ("GB-WLS", date(2026, 3, 26), {HFSS}),
        ("GB-NIR", NOW, set()),
        ("GB-SCT", date(2011, 10, 1), {ALCOHOL._replace(volume_only=True)}),
        ("GB-SCT", NOW, {ALCOHOL, ALCOHOL._replace(volume_only=True), HFSS}),
    ],
)
def test_the_built_in_rules_by_place_and_day(place, on, more):
    """A rule begins on its day, in its place and all parts of it; two hold everywhere."""
    assert set(bans_in_force((), place, on)) == {FORMULA, TOBACCO} | more


def test_of_two_bans_the_wider_one_holds(make):
    """In Scotland one bottle is stopped too, not only two; in England one bag of crisps is not."""
    product = make.product("1", flags=("alcohol",))
    bans = bans_in_force((), "GB-SCT", NOW)
    assert banned(product, bans, volume=False) is Reason.LEGAL_ALCOHOL
    crisps, english = make.product("2", flags=("hfss",)), bans_in_force((), "GB-ENG", NOW)
    assert banned(crisps, english, volume=False) is None
    assert banned(crisps, english, volume=True) is Reason.LEGAL_HFSS_VOLUME


def test_what_headquarters_ships_replaces_the_built_in():
    """One rule on alcohol for two days of November, and nothing else holds."""
    days = (date(2026, 11, 19), date(2026, 11, 20))
    rule = LawRule(("DE",), "offers", Reason.LEGAL_ALCOHOL, "alcohol", *days)
    assert bans_in_force((rule,), "DE-BE", NOW) == (ALCOHOL,)
    assert bans_in_force((rule,), "DE", date(2026, 11, 21)) == ()
    assert bans_in_force((rule,), "DE", date(2026, 11, 18)) == ()
    assert bans_in_force((rule,), "FR", NOW) == ()


def test_paper_on_request():
    """France since August 2023, its parts included, and nobody else."""
    for place, on, asked in (
        ("FR", date(2023, 7, 31), False),
        ("FR", date(2023, 8, 1), True),
        ("FR-75C", NOW, True),
        ("", NOW, False),
        ("DE", NOW, False),
    ):
        assert (paper_on_request((), place, on) is not None) is asked, (place, on)


def test_places():
    """A part lies in its whole, not in what begins alike; "" only in what says so."""
    assert in_place("GB-ENG", ("GB",))
    assert not in_place("GBX", ("GB",))
    assert not in_place("GB", ("GB-ENG",))
    assert in_place("", ("*",))
    assert not in_place("", ("IE",))
    assert not in_place("DE", ("",))


OTHER = ProductSet({"en": "tea"}, Selector(("2",)))


@pytest.mark.parametrize(
    ("fields", "volume"),
    [
        ({"reward": PercentOff(20)}, False),
        ({"reward": PercentOff(100)}, True),
        ({"reward": AmountOff(50)}, False),
        ({"reward": FixedPrice(100)}, False),
        ({"reward": FixedPrice(100), "min_quantity": 2}, True),
        ({"reward": CheapestFree()}, True),
        ({"reward": NForM(2), "min_quantity": 3}, True),
        ({"reward": NthPercent(50), "min_quantity": 2}, True),
        ({"reward": OtherReduced(OTHER)}, True),
        ({"reward": PercentOff(20), "min_spend_minor": 500}, False),
        ({"reward": PercentOff(20), "condition": Condition(min_distinct=2)}, True),
    ],
)
def test_volume_promotions(make, fields, volume):
    """Several units asked for, or something free."""
    assert by_volume(make.offer(**fields)) is volume
