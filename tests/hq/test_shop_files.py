"""A shop directory becomes one value, or every complaint about its files."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from hq.offer_files import full_gtin, read_offers
from hq.shop_files import read_shop
from hq.shop_reader import ShopComplaint
from offers.model import Gtin, PercentOff


def test_the_example_shop_is_read_whole(shop_dir: Path) -> None:
    """What the files say is in the value, in its final form."""
    shop = read_shop(shop_dir)
    assert len(shop.offers) == 16
    assert len(shop.products) == 17
    assert [(e.store, e.lanes) for e in shop.stores] == [("s001", ("1", "2"))]
    assert shop.rivals == (("Havrelund", "Solenne"),)
    assert len(shop.shoppers) == 5
    offer = next(o for o in shop.offers if o.offer_id == "solenne-20")
    assert offer.reward == PercentOff(20)
    assert offer.starts == date(2026, 1, 1)
    assert offer.condition.min_quantity == 2
    assert offer.products.exclude.gtins == (Gtin("09520000001049"),)
    assert offer.version == 1


def test_a_picture_is_named_by_its_hash(shop_dir: Path) -> None:
    """The PNG beside the offer is in the shop under the SHA-256 of its bytes."""
    png = (shop_dir / "offers/coffee-1.png").read_bytes()
    shop = read_shop(shop_dir)
    offer = next(o for o in shop.offers if o.offer_id == "coffee-1")
    assert offer.picture is not None
    assert offer.picture.sha256 == hashlib.sha256(png).hexdigest()
    assert shop.pictures[offer.picture.sha256] == png


def test_every_broken_file_is_named_at_once(shop_dir: Path, spoil) -> None:
    """Two faults in two files are two complaints of one run."""
    spoil("policy.toml", "quiet_days", "quite_days")
    spoil("offers/oat-30.toml", "percent = 30", "percent = 300")
    with pytest.raises(ShopComplaint) as caught:
        read_shop(shop_dir)
    found = [(c.file, c.table, c.key, c.nearest) for c in caught.value.complaints]
    assert found == [
        ("policy.toml", "policy", "quite_days", "quiet_days"),
        ("offers/oat-30.toml", "reward", "percent", ""),
    ]


def test_two_offers_may_not_share_an_id(shop_dir: Path, spoil) -> None:
    """The second file is told the name of the first."""
    spoil("offers/tea-50.toml", '"tea-50"', '"coffee-1"')
    with pytest.raises(ShopComplaint, match=r"id of coffee-1\.toml too"):
        read_shop(shop_dir)


def test_a_directory_that_is_no_shop_is_refused(tmp_path: Path) -> None:
    """Nothing is guessed from an empty directory: an apply of it would withdraw every offer."""
    with pytest.raises(ShopComplaint, match=r"no stores\.toml"):
        read_shop(tmp_path)


def test_offers_alone_can_be_read(shop_dir: Path) -> None:
    """A preview needs the offers' directory only. Three drawings are each of two offers."""
    offers, pictures, files = read_offers(shop_dir / "offers")
    assert (len(offers), len(pictures)) == (16, 13)
    assert files[offers[0].offer_id] == "apples-kg.toml"


def test_a_missing_picture_leaves_the_hash_empty(shop_dir: Path) -> None:
    """Reading goes on; lint is the one that refuses."""
    (shop_dir / "offers/coffee-1.png").unlink()
    offer = next(o for o in read_shop(shop_dir).offers if o.offer_id == "coffee-1")
    assert offer.picture is not None
    assert offer.picture.sha256 == ""


def test_products_may_come_as_csv(shop_dir: Path) -> None:
    """Flags are joined by semicolons; empty cells take the default."""
    text = "gtin,name,brand,category,pack_version,flags\n9520000008017,Ale,Brau,drinks/beer,,alcohol;deposit\n"
    (shop_dir / "products.csv").write_text(text)
    ale = read_shop(shop_dir).products[-1]
    assert (ale.gtin, ale.pack_version, ale.flags) == ("09520000008017", 1, ("alcohol", "deposit"))


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("gtin,nam\n1,2\n", 1, "nam", "unknown column"),
        (
            "gtin,name,brand,category,pack_version\n1,a,b,c,many\n",
            2,
            "pack_version",
            "a whole number",
        ),
        ('gtin,name,brand,category\n1,"a\n\n",b,c\n1,a,b,c,d,e\n', 5, "", "more cells"),
        ("gtin,name,brand,category,flags\n1,a,b,c,poison\n", 2, "flags", "'poison' is no choice"),
        ("gtin,name,brand,category,pieces\n\n1,a,b,c,0\n", 3, "pieces", "0 is out of range"),
        ("gtin,name,brand\n1,a,b\n", 2, "category", "required"),
    ],
)
def test_a_wrong_csv_is_refused_with_its_line(shop_dir, text, line, key, words) -> None:
    """A column or a cell that does not fit is named, on the line where its row begins."""
    (shop_dir / "products.csv").write_text(text)
    with pytest.raises(ShopComplaint) as caught:
        read_shop(shop_dir)
    (fault,) = caught.value.complaints
    assert (fault.file, fault.line, fault.key) == ("products.csv", line, key)
    assert words in fault.what


def test_short_gtins_are_padded_with_zeros() -> None:
    """GS1 General Specifications 3.3.2: the 14-digit form has zeros on the left."""
    assert full_gtin("96385074") == "00000096385074"
    assert full_gtin("not one") == "not one"


def test_rivals_become_pairs_once(shop_dir: Path, spoil) -> None:
    """A group of three is three pairs, however it is ordered."""
    spoil(
        "rivals.toml",
        '["Solenne", "Havrelund"]',
        '["Solenne", "Havrelund", "Granella"]',
    )
    assert read_shop(shop_dir).rivals == (
        ("Granella", "Havrelund"),
        ("Granella", "Solenne"),
        ("Havrelund", "Solenne"),
    )
