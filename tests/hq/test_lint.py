"""What may not be published is refused with file, line, field and cure."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from hq.lint import errors, in_words, lint, lint_directory
from hq.lint_facts import number_fault
from hq.lint_picture import picture_fault
from hq.shop_files import read_shop
from offers.coupon_code import check_digit


def test_the_example_shop_has_no_fault(shop_dir: Path) -> None:
    """What we ship may be published, and nothing of it is doubtful."""
    assert lint(read_shop(shop_dir)) == []


COFFEE, TEA, SOLENNE = (f"offers/{name}.toml" for name in ("coffee-1", "tea-50", "solenne-20"))
CRISP = "offers/crispbread-3for2.toml"
STORE2 = """
[[store]]
store = "s002"
lanes = ["1"]
currency = "GBP"
languages = ["en"]
groups = ["village"]
lane_groups = { 1 = ["express"] }
"""

OF_ONE_OFFER = [
    (COFFEE, 'by = "M. Okafor"', 'by = " "', "[approval] by", "nobody has approved"),
    (COFFEE, "9520000900021", "9520000900022", "coupon_number", "check digit, not 1"),
    (COFFEE, "9520000900021", "952", "coupon_number", "13 digits"),
    (COFFEE, "9520000900021", "9520000900014", "coupon_number", "solenne-20 has the same number"),
    (TEA, "9900000900045", "9520000900045", "coupon_number", "no coupon's EAN-13"),
    (TEA, "single_use = false", "single_use = true", "single_use", "no serial to use up"),
    (TEA, "priority = 0", "panel_only = true", "panel_only", "anyone may present"),
    (COFFEE, "ends = 2035", "ends = 2025", "ends", "before it starts"),
    (
        SOLENNE,
        "min_quantity = 2",
        "min_quantity=2\nmin_distinct=3",
        "[condition] min_distinct",
        "more than min",
    ),
    (
        CRISP,
        "min_quantity = 3",
        "dayparts = [{ weekdays = [] }]",
        "[condition.dayparts] weekdays",
        "no w",
    ),
    (
        COFFEE,
        "[[funding]]",
        "[[funding]]\nfunder='b'\npercent=1\n[[funding]]",
        "funding",
        "101 %",
    ),
    (COFFEE, "[title]  #", '[title]\nfr = "' + "x " * 60 + '"\n#', "[title] fr", "fit the paper"),
    (
        COFFEE,
        "[terms]  #",
        '[terms]\nfr = "' + "x" * 33 + '"\n#',
        "[terms] fr",
        "longer than a line",
    ),
    (COFFEE, 'en = "Not for cash."', 'en = ""', "[terms] en", "no wording in 'en'"),
    (COFFEE, "pack_version = 1", "pack_version = 2", "[picture] pack_version", "on the shelf is 1"),
    (COFFEE, 'gtin = "9520000003012"', 'gtin = "9520000003029"', "[picture] gtin", "no product"),
]

WITH_THE_SHOP = [
    (COFFEE, "stores = []", 'stores = ["s9"]', "stores", "there is no store 's9'"),
    (COFFEE, "stores = []", 'store_groups = ["town"]', "store_groups", "no store of group 'town'"),
    (COFFEE, "stores = []", 'lane_groups = ["kiosk"]', "lane_groups", "no lane of group 'kiosk'"),
    (
        COFFEE,
        '["9520000003012"]',
        '["9520000003999"]',
        "[products.include] gtins",
        "no product has",
    ),
    (TEA, '["Lindenhof"]', '["Lindenhoff"]', "[products.include] brands", "brand 'Lindenhoff'"),
    (CRISP, "bakery/crispbread", "bak", "[products.include] categories", "category 'bak'"),
    (
        COFFEE,
        "{ gtins =",
        '{ attributes = ["bio"], gtins =',
        "[products.include] attributes",
        "'bio'",
    ),
    (SOLENNE, '["9520000001049"]', '["1"]', "[products.exclude] gtins", "no product has GTIN"),
    (
        SOLENNE,
        'gtins = ["9520000001049"]',
        'categories = ["dairy"]',
        "[products] exclude",
        "of 4 included products all",
    ),
    (
        SOLENNE,
        "min_quantity = 2",
        "min_quantity=9\nmin_distinct=4",
        "[condition] min_distinct",
        "3 products",
    ),
    (COFFEE, "stores = []", 'currency = "USD"', "currency", "sell in another: s001 (EUR)"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "words"), [*OF_ONE_OFFER, *WITH_THE_SHOP])
def test_a_fault_is_named_on_its_line(fault_of, file, old, new, place, words) -> None:
    """File, line, field and words are right, and there is something to do."""
    assert fault_of(file, old, new, place, words).level == "error"


DOUBTFUL = [
    (COFFEE, "priority = 0", 'group = "coffee"', "group", "no other offer"),
    (COFFEE, "priority = 0", "max_redemptions = 1", "max_redemptions", "2 lanes share 1"),
    (COFFEE, "priority = 0", "max_issued = 1", "max_issued", "2 lanes share 1"),
    (CRISP, "priority = 0", "max_issued = 9", "max_issued", "no paper is printed"),
    (TEA, "priority = 0", "max_uses_per_shopper = 9", "max_uses_per_shopper", "not counted"),
    (TEA, 'gtin = "9520000007010"', 'gtin = "9520000003012"', "[picture] gtin", "does not count"),
]


@pytest.mark.parametrize(("file", "old", "new", "place", "words"), DOUBTFUL)
def test_what_is_doubtful_is_a_warning(fault_of, shop_dir, file, old, new, place, words) -> None:
    """It is shown, and keeps nothing from being published."""
    fault = fault_of(file, old, new, place, words)
    assert f"{place}: warning: " in fault.words()
    assert errors(lint(read_shop(shop_dir))) == []


def test_the_words_are_those_of_the_page(shop_dir, spoil) -> None:
    """docs/hq.md shows what a person reads, to the letter."""
    oat = "offers/oat-30.toml"
    spoil(oat, "priority = 0", 'group = "oats"')
    spoil(oat, "min_quantity = 1", "min_quantity = 2\nmin_distinct = 2")
    page = (Path(__file__).parents[2] / "docs/hq.md").read_text()
    assert f"```\n{in_words(lint_directory(shop_dir))}\n```" in page


def test_one_name_slightly_wrong_is_answered_with_the_right_one(shop_dir, spoil) -> None:
    """The nearest brand of the range, before anything else."""
    spoil(TEA, '["Lindenhof"]', '["Lindenhoff"]')
    fault = next(f for f in lint(read_shop(shop_dir)) if f.place.endswith("brands"))
    assert fault.do.startswith("did you mean 'Lindenhof'?")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9520000003999", ""),
        ("9520000003013", "09520000003012"),
        ("9520000030012", "09520000003012"),
    ],
)
def test_a_number_is_guessed_only_after_one_slip(shop_dir, spoil, typed, meant) -> None:
    """One digit, or two that changed places: every GTIN of a range looks like every other."""
    spoil(COFFEE, '["9520000003012"]', f'["{typed}"]')
    fault = next(f for f in lint(read_shop(shop_dir)) if f.place.endswith("gtins"))
    assert (f"did you mean {meant!r}?" in fault.do, "did you" in fault.do) == (bool(meant),) * 2


def test_an_offer_in_two_currencies_is_refused(shop_dir, spoil) -> None:
    """1.00 is not the same in two stores; a percentage is."""
    with (shop_dir / "stores.toml").open("a") as stores:
        stores.write(STORE2)
    places = {(f.file, f.place) for f in errors(lint(read_shop(shop_dir)))}
    assert (COFFEE, "currency") in places
    assert (SOLENNE, "currency") not in places
    spoil(COFFEE, "stores = []", 'stores = ["s001"]\ncurrency = "EUR"')
    assert not [f for f in lint(read_shop(shop_dir)) if f.file == COFFEE]


def test_stores_and_groups_that_have_nothing_in_common_are_refused(shop_dir, spoil) -> None:
    """Each of them is there, and the offer would hold nowhere."""
    with (shop_dir / "stores.toml").open("a") as stores:
        stores.write(STORE2)
    spoil(SOLENNE, "stores = []", 'stores = ["s001"]\nstore_groups = ["village"]')
    (fault,) = [f for f in lint(read_shop(shop_dir)) if f.file == SOLENNE]
    assert (fault.place, "hold nowhere" in fault.what) == ("store_groups", True)


def test_a_lane_group_of_another_store_is_refused(shop_dir, spoil) -> None:
    """The lanes of the offer's own stores are asked."""
    with (shop_dir / "stores.toml").open("a") as stores:
        stores.write(STORE2)
    spoil(SOLENNE, "stores = []", 'stores = ["s001"]\nlane_groups = ["express"]')
    assert [f.place for f in lint(read_shop(shop_dir)) if f.file == SOLENNE] == ["lane_groups"]
    spoil(SOLENNE, '["s001"]', '["s002"]')
    assert [f.place for f in lint(read_shop(shop_dir)) if f.file == SOLENNE] == []


def test_a_set_that_no_discount_may_touch_is_refused(shop_dir, spoil) -> None:
    """Deposits and restricted articles are in the range, and never cheaper."""
    text = (shop_dir / "products.toml").read_text()
    head, _, tail = text.partition('brand = "Lindenhof"')
    (shop_dir / "products.toml").write_text(
        f'{head}flags = ["restricted"]\nbrand = "Lindenhof"{tail}'
    )
    (fault,) = [f for f in lint(read_shop(shop_dir)) if f.file == TEA]
    assert fault.place == "[products] include"
    assert fault.what == "the one counted product is a deposit or restricted"


def test_the_other_set_of_a_reward_is_looked_at_too(shop_dir, spoil) -> None:
    """Its products are in the range, and its title in every language."""
    reward = (
        'type = "other_reduced"\n[reward.products]\ntitle = { en = "tea" }\n'
        'include = { brands = ["Lindenhof"], gtins = ["4"] }\n'
        'exclude = { categories = ["drinks"] }\n'
    )
    spoil(COFFEE, 'type = "amount_off"', f"{reward}#")
    spoil(COFFEE, "amount_minor = 100", "")
    faults = {f.place: f.what for f in lint(read_shop(shop_dir)) if f.file == COFFEE}
    assert faults == {
        "[reward.products.title] de": "no wording in 'de', which stores.toml asks for",
        "[reward.products.include] gtins": "no product has GTIN 00000000000004",
        "[reward.products] exclude": "the one included product is excluded",
    }


def test_a_draft_for_the_panel_needs_no_approval(shop_dir, spoil) -> None:
    """Who is not of the panel is told that the draft is not for them."""
    spoil(COFFEE, 'by = "M. Okafor"', 'by = ""')
    spoil(COFFEE, "priority = 0", "panel_only = true")
    faults = lint(read_shop(shop_dir))
    assert errors(faults) == []
    assert {f.what for f in faults} == {
        "'coffee-1' is for the panel, and this shopper is not of it"
    }


def test_files_that_cannot_be_read_are_faults_like_others(shop_dir, spoil) -> None:
    """Every wrong value of every file, with its line; the rules come when all can be read."""
    spoil("policy.toml", "quiet_days", "quite_days")
    spoil(SOLENNE, "percent = 20", "percent = 200")
    spoil(SOLENNE, "min_quantity = 2", 'min_quantity = "two"')
    found = [(f.file, f.line, f.place, f.do) for f in lint_directory(shop_dir)]
    assert found == [
        (SOLENNE, 31, "[condition] min_quantity", "write a whole number"),
        (SOLENNE, 35, "[reward] percent", "write a number from 1 to 100"),
        ("policy.toml", 8, "[policy] quite_days", "did you mean 'quiet_days'?"),
    ]


def test_a_missing_picture_file_is_named(shop_dir: Path) -> None:
    """The file that must be there is named."""
    (shop_dir / "offers/coffee-1.png").unlink()
    (fault,) = lint(read_shop(shop_dir))
    assert (fault.place, fault.what) == ("picture", "offers/coffee-1.png is missing")


def png(width: int, height: int) -> bytes:
    """A PNG's head that claims a size, with next to no data behind it: a bomb if decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 10)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_pictures_that_would_not_print_are_refused() -> None:
    """Wrong bytes, another format, a bomb's size, too many bytes."""
    jpeg = io.BytesIO()
    Image.new("L", (8, 8)).save(jpeg, "JPEG")
    assert picture_fault(b"no picture") == "is not a PNG picture"
    assert picture_fault(jpeg.getvalue()) == "is not a PNG picture"
    assert "100000 x 100000 pixels" in picture_fault(png(100_000, 100_000)) or (
        picture_fault(png(100_000, 100_000)) == "is not a PNG picture"
    )
    assert "5000 x 1000 pixels" in picture_fault(png(5000, 1000))
    assert "bytes" in picture_fault(b"\0" * 600_000)


@pytest.mark.parametrize("number", ["4006381333931", "96385074", "00012345678905"])
def test_published_numbers_have_the_digit_they_have(number: str) -> None:
    """Examples of GS1 and of the EAN literature."""
    assert check_digit(number[:-1]) == number[-1]
    assert number_fault(number, (len(number),)) == ""


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body: str, place: int, by: int) -> None:
    """The property that the check digit was made for."""
    right = body + check_digit(body)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert number_fault(right, (13,)) == ""
    assert "check digit" in number_fault(wrong, (13,))
