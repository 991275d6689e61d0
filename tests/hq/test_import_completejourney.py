"""The public data becomes offers, wallets and baskets, checked on a sample by plain pandas."""

import json
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cache.replay_file import read_baskets, read_header
from hq.import_completejourney import BASKETS_FILE, GENERATION_FILE, gtin, import_year, shopper_key
from offers.coupon_code import has_check_digit, read_coupon_code

pd = pytest.importorskip("pandas")

SALES = [  # household, store, basket, product, quantity, dollars, time; not in order
    (1, 30, 902, 7, 1, 1.99, "2017-03-05 18:00:00"),
    (1, 30, 901, 7, 2, 4.00, "2017-03-05 09:00:00"),
    (2, 31, 903, 9, 0, 0.29, "2017-03-05 09:00:00"),
    (1, 30, 901, 8, 12000, 30.10, "2017-03-05 09:00:00"),
    (3, 31, 904, 8, 1, 1.005, "2017-03-06 09:00:00"),
]


@pytest.fixture
def frames():
    stamp = pd.Timestamp
    columns = ["household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value"]
    sales = pd.DataFrame([row[:6] for row in SALES], columns=columns)
    sales["transaction_timestamp"] = [stamp(row[6]) for row in SALES]
    return {
        "campaign_descriptions": pd.DataFrame(
            {
                "campaign_id": [4, 5],
                "campaign_type": ["A", "B"],
                "start_date": [stamp("2017-03-01"), stamp("2017-04-01")],
                "end_date": [stamp("2017-03-31"), stamp("2017-04-30")],
            }
        ),
        "campaigns": pd.DataFrame({"campaign_id": [4, 5, 4], "household_id": [1, 1, 2]}),
        "coupons": pd.DataFrame(
            [(555, 7, 4), (555, 8, 4), (555, 7, 5), (777, 9, 4)],
            columns=["coupon_upc", "product_id", "campaign_id"],
        ),
        "coupon_redemptions": pd.DataFrame(
            [(1, 555, 4, stamp("2017-03-05")), (2, 777, 4, stamp("2017-03-09"))],
            columns=["household_id", "coupon_upc", "campaign_id", "redemption_date"],
        ),
        "products": pd.DataFrame(
            [
                (7, 2, "GROCERY", "National", "FRZN ICE", "ICE", "22 LB"),
                (8, 3, "FUEL", "Private", None, None, None),
                (9, 2, "GROCERY", "National", "BAGS/SACKS", "BAGS", None),
            ],
            columns=[
                "product_id",
                "manufacturer_id",
                "department",
                "brand",
                "product_category",
                "product_type",
                "package_size",
            ],
        ),
        "transactions": sales,
    }


@pytest.fixture
def made(frames, tmp_path: Path) -> Path:
    assert import_year(tmp_path, frames) == (
        "3 offers, 2 wallets, 3 products; 4 baskets with 5 lines, 2 redemptions"
    )
    return tmp_path


def test_each_coupon_of_a_campaign_is_one_offer(made: Path) -> None:
    """With the campaign's dates, the coupon's products, 1.00 off, and a number of its own."""
    db = sqlite3.connect(made / GENERATION_FILE)
    offers = {row[0]: json.loads(row[1]) for row in db.execute("SELECT offer_id, body FROM offer")}
    db.close()
    assert sorted(offers) == ["555-4", "555-5", "777-4"]
    one = offers["555-4"]
    assert (one["starts"], one["ends"]) == ("2017-03-01", "2017-03-31")
    assert one["products"]["include"]["gtins"] == ["00000000000007", "00000000000008"]
    assert one["reward"] == {"type": "amount_off", "amount_minor": 100}
    numbers = [offer["coupon_number"] for offer in offers.values()]
    assert len(set(numbers)) == 3
    assert all(has_check_digit(n) and read_coupon_code(n) == (n, None) for n in numbers)


def test_a_household_holds_every_coupon_of_its_campaigns(made: Path) -> None:
    """Household 1 is in both campaigns, household 2 in one, household 3 in none."""
    from msgspec.msgpack import decode

    from offers.model import Wallet

    db = sqlite3.connect(made / GENERATION_FILE)
    wallets = {
        row[0].hex(): {a.offer_id for a in decode(row[1], type=Wallet).assignments}
        for row in db.execute("SELECT shopper, body FROM wallet")
    }
    db.close()
    assert wallets == {
        shopper_key(1): {"555-4", "777-4", "555-5"},
        shopper_key(2): {"555-4", "777-4"},
    }


def test_baskets_come_by_time_with_their_presentations(made: Path, frames) -> None:
    """A redemption is presented with every basket of its household on that day, by pandas too."""
    header, baskets = read_header(made / BASKETS_FILE), list(read_baskets(made / BASKETS_FILE))
    assert [b.basket for b in baskets] == ["901", "903", "902", "904"]
    assert baskets[0].at == datetime(2017, 3, 5, 9, tzinfo=UTC)
    assert [b.presented for b in baskets] == [(0,), (), (0,), ()]
    assert header.redemptions[0].offer_id == "555-4"
    assert header.redemptions[1].on == date(2017, 3, 9)
    sales = frames["transactions"].assign(
        redemption_date=frames["transactions"].transaction_timestamp.dt.normalize()
    )
    joined = frames["coupon_redemptions"].merge(sales, on=["household_id", "redemption_date"])
    by_pandas = set(joined.basket_id.astype(str))
    assert by_pandas == {b.basket for b in baskets if b.presented}


def test_odd_quantities_are_one_unit(made: Path) -> None:
    """Zero is an amount keyed by hand; thousands are fuel by volume."""
    lines = {line.gtin: line for b in read_baskets(made / BASKETS_FILE) for line in b.lines[::-1]}
    assert (lines[gtin(9)].quantity, lines[gtin(9)].amount_minor) == (1, 29)
    first = next(read_baskets(made / BASKETS_FILE))
    fuel = next(line for line in first.lines if line.gtin == gtin(8))
    assert (fuel.quantity, fuel.weight_g, fuel.amount_minor) == (1, 12000, 3010)
    assert next(line for line in first.lines if line.gtin == gtin(7)).quantity == 2


def test_the_same_data_gives_the_same_bytes(made: Path, frames, tmp_path_factory) -> None:
    """A second import is the first one."""
    again = tmp_path_factory.mktemp("again")
    import_year(again, frames)
    for name in (GENERATION_FILE, BASKETS_FILE):
        assert (again / name).read_bytes() == (made / name).read_bytes()
