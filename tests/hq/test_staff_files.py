"""A shop's scripts and people: read, linted, published to the lanes of each store."""

import io

import pytest

from cache.generation import Generation
from ground.complaints import Complaint
from ground.key_files import KeyRing
from hq import staff_commands
from hq.keys import make_keys
from hq.lint import lint
from hq.shop_files import read_shop
from hq.shop_reader import ShopComplaint
from hq.staff_files import documents_of
from offers.shopper_key import identity_key
from staff_help.pins import hash_pin, pin_fits
from staff_help.roles import Staff
from staff_help.script import Script, built_in, encode
from tests.hq.conftest import NOON, SECRET
from tests.staff_help.test_script import TREE

HASH = hash_pin("802604", bytes(32))
PEOPLE = f"""
[supervisor]
case_max_minor = 1200

[[member]]
id = "1204"
role = "cashier"
badge = "ST-000123"

[[member]]
id = "m1"
role = "manager"
pin = "{HASH}"
stores = ["s001"]
"""
GOOD = TREE.replace("version = 3", "version = 7")


@pytest.fixture
def write(shop_dir):
    """Give a function that writes one file of the shop."""

    def run(name: str, text: str) -> None:
        path = shop_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return run


def faults(shop_dir, *names: str) -> list[tuple[str, str, str]]:
    """Lint the shop; give the faults of the files named as (file, place, what)."""
    found = lint(read_shop(shop_dir))
    return [(f.file, f.place, f.what) for f in found if f.file in names]


def test_a_shop_without_them_publishes_neither(shop_dir, publish, store):
    """The built-in scripts hold, and nobody need sign in."""
    publish()
    assert documents_of(store, "s001") == {}


def test_badges_are_hashed_before_anything_is_published(write, publish, store):
    """No badge number is in headquarters' file or in a generation; PINs are hashes already."""
    write("staff.toml", PEOPLE)
    publish()
    (body,) = store.conn.execute("SELECT body FROM documents WHERE name = 'staff'").fetchone()
    assert "000123" not in body
    staff = store.document("staff", Staff)
    assert staff.by_badge(identity_key("badge", "ST-000123", SECRET)).id == "1204"
    limits = staff.supervisor
    assert (limits.case_max_minor, limits.shift_max_minor) == (1200, 10000)
    assert staff.manager.case_max_minor == 5000


def test_a_lane_gets_the_people_of_its_own_store(write, publish, store):
    """A stolen lane tells of nobody else's."""
    write("staff.toml", PEOPLE)
    publish()
    here = documents_of(store, "s001")["staff"]
    assert b'"m1"' in here
    assert b'"m1"' not in documents_of(store, "s009")["staff"]


def test_a_store_s_own_script_takes_the_place_of_the_chain_s(write, publish, store):
    """scripts/STORE/ is over scripts/, and that over what is built in; the rest stays built in."""
    write("scripts/used.toml", GOOD)
    write("scripts/s001/used.toml", GOOD.replace("Was it you?", "Was it you, in our store?"))
    manifests = publish()
    assert b"in our store" in documents_of(store, "s001")["scripts"]
    assert b"in our store" not in documents_of(store, "s009")["scripts"]
    assert manifests[0].store == "s001"


def test_a_generation_has_them(write, publish, store, tmp_path):
    """What documents_of says is in the file that the lane opens."""
    import zstandard

    write("staff.toml", PEOPLE)
    write("scripts/used.toml", GOOD)
    (manifest, *_) = publish()
    packed = (store.blobs / f"{manifest.sha256}.zst").read_bytes()
    path = tmp_path / "g.db"
    path.write_bytes(zstandard.ZstdDecompressor().stream_reader(io.BytesIO(packed)).read())
    generation = Generation.open(path)
    try:
        for name, body in documents_of(store, manifest.store).items():
            assert generation.document(name) == body
    finally:
        generation.close()


def test_the_good_ones_have_no_fault(write, shop_dir):
    """Everything that this page writes passes lint; the stores speak English and German."""
    german = GOOD.replace('en = "I have', 'de = "Nein"\nen = "I have')
    for words in ("Was it you?", "So often.", "Not ours."):
        german = german.replace(f'en = "{words}"', f'en = "{words}"\nde = "{words}"')
    write("staff.toml", PEOPLE)
    write("scripts/used.toml", german)
    assert faults(shop_dir, "staff.toml", "scripts/used.toml") == []


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('pin = "', 'pin = "802604', "[member] pin", "no hash of a PIN"),
        ('id = "m1"', 'id = "1204"', "[member] id", "stands twice"),
        ('badge = "ST-000123"', "", "[member] id", "nothing to sign in with"),
        ('stores = ["s001"]', 'stores = ["s0001"]', "[member] stores", "there is no store"),
        ('role = "manager"\npin', 'role = "manager"\nbadge = "ST-000123"\npin', "[member] badge", "another person"),
        ("case_max_minor = 1200", "case_max_minor = 100", "[supervisor] case_max_minor", "may give less"),
        (f'pin = "{HASH}"', 'badge = "ST-9"', "[member] role", "can approve nothing"),
    ],
)  # fmt: skip
def test_lint_names_what_is_wrong_with_the_staff(write, shop_dir, old, new, place, words):
    """By the key, and never with a PIN or a badge in the words."""
    assert old in PEOPLE
    write("staff.toml", PEOPLE.replace(old, new, 1))
    told = faults(shop_dir, "staff.toml")
    assert any(where == place and words in what for _, where, what in told), told
    assert not any("802604" in what or "000123" in what for _, _, what in told)


def test_lint_names_what_is_wrong_with_a_script(write, shop_dir):
    """A missing language, a store that is not, a complaint twice, the version of the built-in one."""
    write("scripts/used.toml", GOOD.replace("version = 7", "version = 1"))
    write("scripts/again.toml", GOOD)
    write("scripts/s0001/used.toml", GOOD)
    told = faults(shop_dir, "scripts/used.toml", "scripts/again.toml", "scripts/s0001/used.toml")
    words = " | ".join(what for _, _, what in told)
    assert "no text in 'de'" in words
    assert "there is no store 's0001'" in words
    assert "stands in scripts/again.toml too" in words
    assert "version 1 is the built-in script's" in words


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('reasons = ["SERIAL_FORGED"]', 'reasons = ["SERIAL_FAKED"]'),
        ('ends = "escalated"', 'ends = "given"'),
        ('to = "often"', 'too = "often"'),
    ],
)
def test_a_script_that_cannot_be_read_names_its_line(write, shop_dir, old, new):
    """Unknown reason, ending, key: told with file and line before any rule is asked."""
    write("scripts/used.toml", GOOD.replace(old, new))
    with pytest.raises(ShopComplaint) as complaint:
        read_shop(shop_dir)
    (first, *_) = complaint.value.complaints
    assert (first.file, first.line > 1) == ("scripts/used.toml", True)


def test_a_script_of_today_is_read_by_a_lane_of_today():
    """The published form is read back as the very same script."""
    import msgspec

    for script in built_in().values():
        assert msgspec.json.decode(encode(script), type=Script) == script


def test_a_pin_is_hashed_under_the_chain_s_pepper(tmp_path, monkeypatch):
    """The line fits staff.toml, and the PIN typed fits the hash; it is printed nowhere."""
    keys = tmp_path / "keys"
    make_keys(keys, NOON)
    given = type("Given", (), {"keys": keys})()
    monkeypatch.setattr("sys.stdin", io.StringIO("802604\n"))
    line = staff_commands.hash_a_pin(given, NOON)
    _, pepper = KeyRing.load(keys).current("pin")
    assert line.startswith('pin = "$argon2id$')
    assert "802604" not in line
    assert pin_fits(line.removeprefix('pin = "').removesuffix('"'), "802604", pepper)


@pytest.mark.parametrize(
    ("typed", "words"), [("12345", "no PIN"), ("123456", "tried first"), ("", "no PIN")]
)
def test_a_pin_that_is_none_or_easy_is_refused(tmp_path, monkeypatch, typed, words):
    """Said without the PIN in the words."""
    make_keys(tmp_path / "keys", NOON)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    with pytest.raises(Complaint) as complaint:
        staff_commands.hash_a_pin(type("Given", (), {"keys": tmp_path / "keys"})(), NOON)
    assert words in complaint.value.what
