"""The chain's own files, and its shoppers: what may not be published, on which line."""

from pathlib import Path

import pytest

from hq.lint import lint
from hq.shop_files import read_shop

OF_THE_CHAIN = [
    ("stores.toml", '["1", "2"]', '["1", "1"]', "[store] lanes", "lane '1' stands twice"),
    ("stores.toml", '["1", "2"]', "[]", "[store] lanes", "it has no lane"),
    ("stores.toml", '["en", "de"]', "[]", "[store] languages", "speaks no language"),
    (
        "stores.toml",
        'jurisdiction = ""',
        'jurisdiction = "UK/England"',
        "[store] jurisdiction",
        "no country",
    ),
    ("stores.toml", "Europe/Berlin", "Europe/Berlan", "[store] time_zone", "no time zone"),
    (
        "stores.toml",
        "{ 2 = [",
        '{ 7 = ["self-checkout"], 2 = [',
        "[store.lane_groups] 7",
        "no lane '7'",
    ),
    ("products.toml", "9520000001018", "9520000001011", "[product] gtin", "check digit, not 8"),
    ("products.toml", "dairy/yogurt", "/yogurt", "[product] category", "no path of categories"),
    ("stock.toml", '"s001"', '"s002"', "[stock] store", "no store 's002'"),
    ("stock.toml", "9520000001018", "9520000001090", "[stock] gtin", "no product has GTIN"),
    ("rivals.toml", "Havrelund", "Havre", "[rivals] brands", "no product has brand 'Havre'"),
    ("mass_promotions.toml", "9520000004026", "4026", "[promotion] gtins", "no product has GTIN"),
    (
        "mass_promotions.toml",
        "ends = 2026-01-11",
        "ends = 2025-01-11",
        "[promotion] ends",
        "before it",
    ),
    (
        "policy.toml",
        "[[policy.mix]]",
        "[[policy.mix]]\nobjective='value'\nleast=4\n[[policy.mix]]",
        "[policy] mix",
        "a slip has 3",
    ),
    (
        "policy.toml",
        "[risk]",
        "[[policy.mix]]\nobjective='value'\nleast=2\nmost=1\n[risk]",
        "[policy.mix] least",
        "no number",
    ),
]

OF_SHOPPERS = [
    (
        "assignments.toml",
        '"coffee-1"',
        '"coffee-2"',
        "[shopper.assignment] offer_id",
        "no offer 'coffee-2'",
    ),
    (
        "assignments.toml",
        '"coffee-1"',
        '"tea-50"',
        "[shopper.assignment] offer_id",
        "is for everyone",
    ),
    (
        "assignments.toml",
        '"coffee-1"',
        '"solenne-20"',
        "[shopper.assignment] offer_id",
        "assigned twice",
    ),
    ("assignments.toml", "2900000002029", "2900000001015", "[shopper] identities", "ending in 015"),
    (
        "assignments.toml",
        "ends = 2035-12-31",
        "ends = 2025-12-31",
        "[shopper.assignment] ends",
        "before it",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "words"), [*OF_THE_CHAIN, *OF_SHOPPERS])
def test_a_fault_is_named_on_its_line(fault_of, file, old, new, place, words) -> None:
    """File, line, field and words are right, and there is something to do."""
    assert fault_of(file, old, new, place, words).level == "error"


def test_own_laws_that_are_not_there_are_a_warning(fault_of) -> None:
    """Nobody should believe that no law holds."""
    place, what = "[store] laws", "lanes keep to the rules built into them"
    assert fault_of("stores.toml", '"shipped"', '"own"', place, what).level == "warning"


def test_a_language_without_sentences_is_a_warning(shop_dir: Path, spoil) -> None:
    """Its offers print, within words in English: nobody should find that out on paper."""
    spoil("stores.toml", '["en", "de"]', '["en", "th-TH"]')
    (fault,) = [it for it in lint(read_shop(shop_dir)) if it.file == "stores.toml"]
    assert (fault.place, fault.level) == ("[store] languages", "warning")
    assert "nothing is written in 'th'" in fault.what
    assert "ar, de, en, es" in fault.do


def test_a_risk_beyond_its_cap_is_a_warning(fault_of) -> None:
    """The narrower cap counts; it was perhaps not meant."""
    what = "one coupon may be worth 1000, and all of a lane 1"
    place = "[risk] serial_max_minor"
    fault = fault_of("policy.toml", "lane_minor = 10000", "lane_minor = 1", place, what, after=5)
    assert fault.level == "warning"


def test_an_assignment_outside_its_offer_is_a_warning(shop_dir, spoil) -> None:
    """Days on which the offer does not hold are days on which nothing happens."""
    spoil("assignments.toml", "ends = 2035-12-31", "ends = 2036-12-31")
    spoil("assignments.toml", "starts = 2026-01-01", "starts = 2036-01-01")
    (fault,) = lint(read_shop(shop_dir))
    assert (fault.place, fault.level) == ("[shopper.assignment] starts", "warning")
    assert "holds from 2026-01-01 to 2035-12-31" in fault.what


EXPERIMENT = """
[[experiment]]
experiment_id = "autumn-10"
salt = "k7Qm2xw9"
holdout_permille = 100
campaigns = ["autumn-breakfast"]
"""


def test_an_experiment_is_about_campaigns_that_there_are(shop_dir: Path) -> None:
    """An unknown campaign holds nobody out, a second id would replace the first."""
    path = shop_dir / "experiments.toml"
    path.write_text(EXPERIMENT)
    assert lint(read_shop(shop_dir)) == []
    wrong = EXPERIMENT.replace("autumn-breakfast", "autumn-brekfast").replace("k7Qm2xw9", "k7")
    path.write_text(EXPERIMENT + wrong)
    found = [(f.line, f.place, f.what) for f in lint(read_shop(shop_dir))]
    assert found == [
        (9, "[experiment] experiment_id", "'autumn-10' stands twice"),
        (10, "[experiment] salt", "a salt of 2 characters can be guessed"),
        (
            12,
            "[experiment] campaigns",
            "no offer is of campaign 'autumn-brekfast': nobody would be held out",
        ),
    ]


@pytest.mark.parametrize(
    ("file", "place", "line"),
    [
        ("stores.toml", "[store] store", 12),
        ("products.toml", "[product] gtin", 5),
        ("stock.toml", "stock", 4),
    ],
)
def test_what_stands_twice_is_named_where_it_stands_again(shop_dir, file, place, line) -> None:
    """The first one may be the right one; the second is new."""
    path = shop_dir / file
    entry = path.read_text().partition("[[")[2].partition("\n\n")[0]
    before = path.read_text().count("\n")
    with path.open("a") as end:
        end.write(f"\n[[{entry}\n")
    found = [(f.place, f.line) for f in lint(read_shop(shop_dir)) if "twice" in f.what]
    shift = {"[store] store": 3, "[product] gtin": 3, "stock": 2}[place]
    assert found == [(place, before + shift)]


def test_a_product_of_a_csv_is_named_in_its_row(shop_dir: Path) -> None:
    """The file, and the line of the row."""
    rows = (
        "gtin,name,brand,category\n9520000020019,Ale,Brau,drinks\n9520000020018,Ale,Brau,drinks\n"
    )
    (shop_dir / "products.csv").write_text(rows)
    (fault,) = lint(read_shop(shop_dir))
    assert (fault.file, fault.line, fault.place) == ("products.csv", 3, "gtin")


def test_a_past_use_names_its_offer_and_a_contact_need_not(shop_dir: Path) -> None:
    """A newsletter is about no offer of ours."""
    past = '\n[[shopper.past]]\nkind = "{}"\non = 2026-01-01\n'
    with (shop_dir / "assignments.toml").open("a") as end:
        end.write(past.format("contact") + past.format("redeemed"))
    (fault,) = lint(read_shop(shop_dir))
    assert (fault.place, fault.what) == (
        "[shopper.past] offer_id",
        "which offer was redeemed is not said",
    )


def test_a_shop_without_stores_is_refused(shop_dir: Path) -> None:
    """An empty chain would publish nothing to nobody."""
    (shop_dir / "stores.toml").write_text("")
    assert any(f.what == "there is no store" for f in lint(read_shop(shop_dir)))
