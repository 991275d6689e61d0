"""The commands as a person types them: what they print, and how they exit."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from ground.key_files import KeyRing
from hq.arguments import COMMANDS, broker
from hq.cli import main
from hq.inbox import Inbox
from hq.keys import make_keys, store_keys
from hq.reports import lanes, redemptions, table
from hq.store import open_store
from offers.records import ClaimId, ClaimProvisional, Returned, Reversal, Settled, Voided
from sync.messages import Status
from tests.hq.conftest import NOON
from tests.hq.test_inbox import KEY, sale


@pytest.fixture
def hq(where: Path | str, tmp_path: Path, shop_dir: Path, capsys):
    """Give a function that runs a command on a published shop: (exit code, out, err)."""

    def run(*words: str) -> tuple[int, str, str]:
        place = ["--db", str(where), "--keys", str(tmp_path / "keys")]
        code = main([*words, *place])
        said = capsys.readouterr()
        return code, said.out, said.err

    assert run("init")[0] == 0
    assert run("apply", str(shop_dir))[0] == 0
    return run


def test_a_command_in_a_wrong_place_says_what_to_do(tmp_path, capsys) -> None:
    """No file: the message names it and the command that makes it."""
    assert main(["lanes", "--db", str(tmp_path / "no.db")]) == 1
    said = capsys.readouterr().err
    assert "no.db is not there" in said
    assert "tillside-hq init" in said


def test_wrong_usage_exits_with_two(capsys) -> None:
    """An unknown command, a missing argument, a broker that is none, a count that is none."""
    for words in (
        ["fly"],
        ["enrol", "s001"],
        ["serve", "--broker", "http://x"],
        ["stock", "s", "1", "-4"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
    capsys.readouterr()


def test_each_command_has_a_sentence_and_an_example_in_its_help(capsys) -> None:
    """`--help` is enough to use it."""
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command.name, "--help"])
        assert ended.value.code == 0
        said = " ".join(capsys.readouterr().out.split())
        assert command.sentence in said
        assert " ".join(f"example: tillside-hq {command.example}".split()) in said


def test_lint_and_apply_refuse_a_bad_shop(hq, shop_dir, spoil) -> None:
    """Exit 1, file and place and cure said, nothing published."""
    spoil("offers/coffee-1.toml", "9520000900021", "9520000900022")
    code, out, _ = hq("lint", str(shop_dir))
    assert code == 1
    assert "offers/coffee-1.toml:7 coupon_number: " in out
    assert hq("apply", str(shop_dir))[0] == 1
    assert "rev 1" not in hq("apply", str(shop_dir))[1]


def test_an_unknown_key_is_said_with_the_nearest(hq, shop_dir, spoil) -> None:
    """Each broken file is named."""
    spoil("policy.toml", "quiet_days", "quiet_day")
    code, out, _ = hq("plan", str(shop_dir))
    assert code == 1
    assert "policy.toml:8 [policy] quiet_day: unknown key" in out
    assert "did you mean 'quiet_days'?" in out
    assert "1 to put right" in out
    code, out, _ = hq("lint", str(shop_dir), "--json")
    assert (code, json.loads(out)[0]["line"]) == (1, 8)


def test_a_warning_is_shown_and_stops_nothing(hq, shop_dir, spoil) -> None:
    """Lint ends well, and apply publishes."""
    spoil("offers/coffee-1.toml", "priority = 0", 'group = "coffee"')
    code, out, _ = hq("lint", str(shop_dir))
    assert (code, "nothing to put right, 1 to look at" in out) == (0, True)
    code, out, _ = hq("apply", str(shop_dir))
    assert (code, "group: warning: no other offer" in out, "rev 2" in out) == (0, True, True)


def test_plan_changes_nothing_and_apply_does(hq, shop_dir, spoil) -> None:
    """The same words twice for a plan, then none."""
    spoil("offers/oat-30.toml", "percent = 30", "percent = 40")
    for _ in range(2):
        code, out, _ = hq("plan", str(shop_dir))
        assert (code, "changed  offer oat-30 v1 -> v2: reward (2 shoppers)" in out) == (0, True)
    assert "rev 2" in hq("apply", str(shop_dir))[1]
    assert "nothing would change" in hq("apply", str(shop_dir))[1]
    assert "rev 3" in hq("apply", str(shop_dir), "--force")[1]
    assert "rev 4" in hq("rollback", "s001")[1]


def test_recall_and_stock_refuse_a_slip_of_the_pen(hq) -> None:
    """An unknown product, offer or store, and nothing at all."""
    assert (
        "recalled now: 09520000006013, coffee-1"
        in hq("recall", "s001", "9520000006013", "--offer", "coffee-1")[1]
    )
    assert "recalled now: coffee-1" in hq("recall", "--all", "9520000006013", "--lift")[1]
    for words in (
        ["s001", "123"],
        ["s001", "--offer", "no"],
        ["s009", "9520000006013"],
        ["s001"],
        [],
    ):
        code, _, err = hq("recall", *words)
        assert (code, "->" in err) == (1, True)
    assert hq("stock", "s001", "123", "4")[0] == 1


def test_enrol_makes_a_folder_that_a_lane_can_use(hq, tmp_path) -> None:
    """Keys with closed modes, no private key, a token; never over an old folder."""
    out = tmp_path / "lane"
    assert hq("enrol", "s001", "1", "--out", str(out), "--broker", "mqtts://hq.example")[0] == 0
    ring = KeyRing.load(out / "keys")
    assert [len(ring.ids(kind)) for kind in ("shopper", "serial", "hq-public", "hq-private")] == [
        1,
        1,
        1,
        0,
    ]
    assert (out / "till.token").stat().st_mode & 0o777 == 0o600
    assert len((out / "till.token").read_text().strip()) == 43
    config = (out / "lane.toml").read_text()
    assert 'host = "hq.example"' in config
    assert "port = 8883" in config
    code, _, err = hq("enrol", "s001", "1", "--out", str(out))
    assert (code, "not empty" in err) == (1, True)
    assert hq("enrol", "s001", "9", "--out", str(tmp_path / "other"))[0] == 1


def test_two_lanes_of_a_store_share_its_serial_key_and_stores_do_not(tmp_path) -> None:
    """And a second init keeps the chain's keys."""
    keys = tmp_path / "keys"
    assert len(make_keys(keys, NOON)) == 4
    assert make_keys(keys, NOON + timedelta(days=1)) == []
    first = store_keys(keys, "s001", NOON).current("serial")
    assert store_keys(keys, "s001", NOON + timedelta(days=9)).current("serial") == first
    other = store_keys(keys, "s002", NOON).current("serial")
    assert other[0] != first[0]
    assert other[1] != first[1]


def test_previews_are_pictures_and_bytes(hq, shop_dir, tmp_path) -> None:
    """One PNG as wide as the printer and one ESC/POS file an offer."""
    out = tmp_path / "preview"
    code, _, _ = hq(
        "preview", str(shop_dir / "offers"), "--printer", "generic-80mm", "--out", str(out)
    )
    assert code == 0
    assert len(list(out.glob("*.png"))) == 16
    with Image.open(out / "coffee-1.png") as image:
        assert image.width == 576
        assert image.height > 300
    assert b"\x1dv0" in (out / "coffee-1.escpos").read_bytes()
    assert hq("preview", str(shop_dir / "offers"), "--printer", "nope", "--out", str(out))[0] == 1


def test_everything_can_be_previewed_at_once(hq, shop_dir, tmp_path) -> None:
    """A folder for each printer, language and rung; each picture as wide as its printer."""
    for file in (shop_dir / "offers").glob("*.toml"):
        if file.stem not in ("coffee-1", "tea-50"):
            file.unlink()
    words = ["preview", str(shop_dir / "offers"), "--out", str(tmp_path / "out")]
    words += ["--language", "all", "--rung", "all", "--brand-line", "Corner Market"]
    assert hq(*words, "--printer", "all", "--carrier", "databar")[0] == 0
    wide = {"TM-T88V": 512, "TM-T20III": 576, "generic-80mm": 576, "generic-58mm": 384}
    for name, dots in wide.items():
        for rung in ("nv", "full", "half", "words"):
            with Image.open(tmp_path / "out" / name / "de" / rung / "coffee-1.png") as image:
                assert image.width == dots
    spoken = {path.name for path in (tmp_path / "out" / "TM-T20III").iterdir()}
    assert {"en", "de"} <= spoken  # the stores' languages, and any that the offers are worded in
    assert len(list((tmp_path / "out").rglob("*.escpos"))) == 2 * 4 * 4 * len(spoken)


def test_a_code_that_does_not_fit_is_told(hq, shop_dir, tmp_path) -> None:
    """One line of what happened and one of what to do, no half-written preview of it."""
    small = tmp_path / "small.json"
    small.write_text('{"name": "small", "dots_wide": 200}')
    words = ["preview", str(shop_dir / "offers"), "--out", str(tmp_path / "out")]
    code, _, err = hq(*words, "--printer", str(small), "--carrier", "code128")
    assert code == 1
    assert "needs 363 dots, the paper has 200" in err
    assert "--carrier" in err


def test_the_lists_show_what_was_collected(hq, where, lane1, lane2) -> None:
    """Lanes with their state, redemptions with their flags, disputes, rows; as tables and as JSON."""
    one, two = ClaimId(lane1.epoch, 1), ClaimId(lane2.epoch, 1)
    serial = "000000010007"
    for journal, claim, uid in ((lane1, one, "u1"), (lane2, two, "u2")):
        journal.write(ClaimProvisional(claim, serial, 60))
        journal.write(sale(serial, claim, uid=uid, provisional=True))
    lane1.write(sale(uid="u3"))
    lane1.write(Voided("u3", KEY))
    lane1.write(sale(uid="u4"))
    lane1.write(Returned("u4", KEY, (), 9, (Reversal("oat-30", 20, False),), ()))
    lane1.write(Settled("u4", "oat-30", "EXPIRED", "goodwill", 100, "b7", "sorry", "store"))
    store = open_store(where)
    with store.change():
        inbox = Inbox(store)
        inbox.rows("s001", "1", lane1.everything(), NOON)
        inbox.rows("s001", "2", lane2.everything(), NOON)
        inbox.status("s001", "1", Status(True, "s001", "1", lane1.epoch, "g7", 5, 2, 1, 9), NOON)
    found = [
        (r["uid"], r["provisional"], r["duplicate"], r["reversed"], r["reversed_minor"])
        for r in redemptions(store)
    ]
    first, second = lanes(store, NOON + timedelta(seconds=4))
    store.close()
    assert found == [
        ("u1", True, False, False, 0),
        ("u3", False, False, True, 0),
        ("u4", False, False, False, 20),
        ("u2", True, True, False, 0),
    ]
    assert (first["online"], first["generation"], first["seen_s"], first["rows"]) == (
        True,
        "g7",
        4,
        7,
    )
    assert (second["online"], second["rows"]) == (False, 2)
    assert "goodwill" in hq("disputes", "--each")[1]
    assert json.loads(hq("disputes", "--each", "--json")[1])[0]["note"] == "sorry"
    assert len(json.loads(hq("redemptions", "--json")[1])) == 4
    assert [r["kind"] for r in json.loads(hq("rows", "--kind", "voided", "--json")[1])] == [
        "voided"
    ]
    assert hq("lanes")[1].splitlines()[1].startswith("s001   1     yes     g7")


def test_a_table_is_as_wide_as_its_words() -> None:
    """Flags are words, missing values a dash."""
    assert table([{"a": True, "b": None}, {"a": False, "b": "long"}], ("a", "b")) == (
        "a    b\nyes  -\nno   long"
    )


def test_a_brokers_address_has_mqtts_own_ports() -> None:
    """1883 in the clear, 8883 over TLS."""
    assert broker("mqtt://h") == ("h", 1883, False)
    assert broker("mqtts://h") == ("h", 8883, True)
    assert broker("mqtt://h:99") == ("h", 99, False)
