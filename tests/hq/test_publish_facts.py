"""What the files say of stores, stock, shoppers and experiments is what a lane then reads."""

from datetime import timedelta
from pathlib import Path

import pytest
import zstandard

from cache.generation import Generation
from hq.law_files import laws_for
from hq.lint import lint_directory
from hq.plan import make_plan
from hq.publish import set_stock
from hq.shop_files import read_shop
from offers.context import Experiment
from offers.law import LawRule
from offers.model import Gtin
from offers.reasons import Reason
from offers.shopper_key import identity_key
from tests.hq.conftest import NOON, SECRET

BEN = identity_key("card", "2900000002029", SECRET)
OAT = Gtin("09520000005016")
OWN_LAW = """
title = "Nothing on tea"
places = ["DE"]
not_covered = "it is a rule of our own"

[[rule]]
forbids = "offers"
reason = "LEGAL_ALCOHOL"
flag = "alcohol"
source = "a decision of the board"
"""


@pytest.fixture
def read(store, publish, tmp_path):
    """Publish, and give the generation as a lane opens it."""
    opened = []

    def run(now=NOON) -> Generation:
        (manifest,) = publish(now)
        blob = (store.blobs / f"{manifest.sha256}.zst").read_bytes()
        path = tmp_path / f"{manifest.generation}.db"
        path.write_bytes(zstandard.ZstdDecompressor().decompress(blob))
        opened.append(Generation.open(path, raw_sha256=manifest.raw_sha256))
        return opened[-1]

    yield run
    for generation in opened:
        generation.close()


def test_groups_of_stores_and_lanes_are_published(read, spoil) -> None:
    """By store, and by lane."""
    spoil("stores.toml", '["city"]', '["city", "24h"]')
    facts = read().store
    assert facts.groups == ("city", "24h")
    assert facts.lane_groups == {"2": ("self-checkout",)}


def test_the_law_of_the_place_is_published_with_the_chains_own(read, shop_dir, spoil) -> None:
    """The shipped files first; where the store says "own", only the chain's."""
    (shop_dir / "laws").mkdir()
    (shop_dir / "laws/house.toml").write_text(OWN_LAW)
    spoil("stores.toml", 'jurisdiction = ""', 'jurisdiction = "DE-BE"')
    own = LawRule(
        ("DE",), "offers", Reason.LEGAL_ALCOHOL, "alcohol", source="a decision of the board"
    )
    assert read().store.laws == (*laws_for("DE-BE"), own)
    spoil("stores.toml", 'laws = "shipped"', 'laws = "own"')
    assert read(NOON + timedelta(hours=1)).store.laws == (own,)


def test_a_wrong_law_file_is_a_fault_with_its_line(shop_dir: Path) -> None:
    """As the shipped ones would be."""
    (shop_dir / "laws").mkdir()
    (shop_dir / "laws/house.toml").write_text(OWN_LAW.replace('flag = "alcohol"', 'flag = "tea"'))
    (fault,) = lint_directory(shop_dir)
    assert (fault.file, fault.line, fault.place) == ("laws/house.toml", 9, "[rule] flag")


def test_sold_units_are_published_and_outlive_a_new_count(store, read, spoil, shop_dir) -> None:
    """The figure of four weeks stays beside a count of today."""
    old = 'gtin = "9520000005016"  # Granella Oat drink\non_hand = 1'
    spoil("stock.toml", old, f"{old}\nsold_28d = 56")
    generation = read()
    assert (generation.sold_28d(OAT), generation.stock(OAT)) == (56, (1, NOON))
    later = NOON + timedelta(hours=1)
    set_stock(store, "s001", OAT, 9, later)
    assert make_plan(read_shop(shop_dir), store, SECRET).changes == ()
    spoil("policy.toml", "quiet_days = 7", "quiet_days = 8")
    again = read(later)
    assert (again.sold_28d(OAT), again.stock(OAT)) == (56, (9, later))


def test_sold_units_show_in_the_plan(store, publish, shop_dir, spoil) -> None:
    """A count whose sales alone changed is a change."""
    publish()
    spoil("stock.toml", "on_hand = 1", "sold_28d = 0\non_hand = 1")
    (change,) = make_plan(read_shop(shop_dir), store, SECRET).changes
    assert (change.kind, change.name, change.what) == ("stock", f"s001 {OAT}", "changed")


def test_the_panel_and_contacts_are_in_the_wallet(read, spoil) -> None:
    """Who is of the panel, and what reached the shopper by another way."""
    past = '[[shopper.past]]\nkind = "contact"\non = 2026-02-28\nchannel = "app"\n'
    entry = '[[shopper.assignment]]\noffer_id = "oat-30"'
    spoil("assignments.toml", 'language = "de"', 'language = "de"\npanel = true')
    spoil("assignments.toml", entry, f"{past}\n{entry}")
    wallet = read().wallet(BEN)
    assert wallet is not None
    assert wallet.panel
    assert [(use.kind, use.channel, use.offer_id) for use in wallet.past] == [
        ("contact", "app", "")
    ]


def test_experiments_are_published_and_show_in_the_plan(store, read, shop_dir) -> None:
    """One document for every lane."""
    (shop_dir / "experiments.toml").unlink()
    written = 'experiment_id = "a"\nsalt = "k7Qm2xw9"\nholdout_permille = 100\n'
    (shop_dir / "experiments.toml").write_text(f"[[experiment]]\n{written}")
    assert read().experiments == (Experiment("a", "k7Qm2xw9", 100),)
    (shop_dir / "experiments.toml").unlink()
    changes = make_plan(read_shop(shop_dir), store, SECRET).changes
    assert [(c.kind, c.name) for c in changes] == [("document", "experiments")]
