"""A TOML file is taken whole and typed, or refused with file, table, key and the nearest key."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings, strategies as st
from msgspec import Meta, Struct

from ground.complaints import say
from ground.strict_toml import TomlComplaint, parse_toml, read_toml


class Cutter(Struct, frozen=True, tag="cutter"):
    knives: int = 1


class Drawer(Struct, frozen=True, tag="drawer"):
    pulse_ms: int = 100


class Port(Struct, frozen=True):
    host: str
    port: Annotated[int, Meta(ge=1, le=65535)] = 9100


class Config(Struct, frozen=True):
    name: str = "x"
    on: date | None = None
    printer: Port | None = None
    parts: tuple[Cutter | Drawer, ...] = ()
    texts: dict[str, str] = {}
    spare: dict[str, Port] = {}


def complaint(text: str) -> TomlComplaint:
    with pytest.raises(TomlComplaint) as caught:
        parse_toml(text, Config, "lane.toml")
    return caught.value


def test_a_good_file_becomes_a_value(tmp_path) -> None:
    """Types, dates, nested tables and tagged tables are read."""
    file = tmp_path / "lane.toml"
    file.write_text(
        'name = "lane 1"\non = 2026-03-01\n[printer]\nhost = "p"\n'
        '[[parts]]\ntype = "drawer"\npulse_ms = 50\n[texts]\nen = "hello"\n'
    )
    assert read_toml(file, Config) == Config(
        "lane 1", date(2026, 3, 1), Port("p"), (Drawer(50),), {"en": "hello"}
    )


def test_an_unknown_key_names_file_table_key_and_the_nearest() -> None:
    """All four stand in the complaint, as fields and in the sentence."""
    found = complaint('[printer]\nhost = "p"\nprot = 1\n')
    assert (found.file, found.table, found.key) == ("lane.toml", "printer", "prot")
    assert found.nearest == "port"
    assert say(found) == (
        "lane.toml:3 [printer] prot: unknown key; known are host, port",
        "did you mean 'port'?",
    )


def test_an_unknown_key_with_nothing_near_offers_no_guess() -> None:
    """A guess is made only when it is near."""
    assert complaint("zzzzqqq = 1").nearest == ""


def test_an_unknown_key_deep_in_lists_and_maps_is_found() -> None:
    """Tables in arrays, tagged tables and maps of tables are walked."""
    in_list = complaint('[[parts]]\ntype = "cutter"\nknifes = 2\n')
    assert (in_list.table, in_list.key, in_list.nearest) == ("parts[0]", "knifes", "knives")
    in_map = complaint('[spare.a]\nhots = "p"\n')
    assert (in_map.table, in_map.key, in_map.nearest) == ("spare.a", "hots", "host")


def test_a_value_out_of_range_names_what_is_allowed() -> None:
    """The bound is in the sentence."""
    found = complaint('[printer]\nhost = "p"\nport = 70000\n')
    assert (found.table, found.key) == ("printer", "port")
    assert "70000 is out of range (from 1 to 65535)" in found.what


def test_a_wrong_type_names_the_right_one() -> None:
    """A text where a number belongs is not silently turned into one."""
    found = complaint('[printer]\nhost = "p"\nport = "9100"\n')
    assert (found.key, "a whole number" in found.what) == ("port", True)


def test_a_missing_key_is_named() -> None:
    """What is required is said with its table."""
    found = complaint("[printer]\nport = 1\n")
    assert (found.table, found.key) == ("printer", "host")
    assert "required" in found.what


def test_every_fault_of_a_file_is_named_with_its_line() -> None:
    """One run tells all of it, in the order of the types, each where it stands."""
    text = (
        'nam = 1\n\n[printer]\nport = 0\n\n[texts]\nen = "a"\nde = 5\n'
        '[[parts]]\ntype = "cutter"\nknives = "two"\n'
    )
    found = complaint(text)
    each = [(c.line, c.table, c.key, c.fault) for c in (found, *found.others)]
    assert each[0][:3] == (1, "", "nam")
    assert each[1:] == [
        (4, "printer", "port", "0 is out of range (from 1 to 65535)"),
        (3, "printer", "host", "this key is required"),
        (8, "texts", "de", "5 is a whole number, and should be text"),
        (11, "parts[0]", "knives", "'two' is text, and should be a whole number"),
    ]
    assert say(found.others[2]) == (
        "lane.toml:8 [texts] de: 5 is a whole number, and should be text",
        "write text",
    )


def test_a_text_that_is_no_toml_is_told_its_line() -> None:
    """The TOML reader's own place, where an editor can jump to."""
    found = complaint('name = "a"\n\nnome = ?\n')
    assert (found.line, found.fault) == (3, "not TOML: Invalid value")
    assert complaint('name = "a').line == 1


def test_a_choice_names_what_there_is() -> None:
    """A word that is none of the choices is answered with all of them."""

    class Sale(Struct, frozen=True):
        use: Literal["card", "coupon"] = "card"

    with pytest.raises(TomlComplaint) as caught:
        parse_toml('use = "app"', Sale, "offer.toml")
    assert say(caught.value) == (
        "offer.toml:1 use: 'app' is no choice here",
        'write "card" or "coupon"',
    )


def test_a_date_is_a_date() -> None:
    """Written as people write it, and answered as TOML has it."""
    assert say(complaint('on = "1.3.2026"')) == (
        "lane.toml:1 on: '1.3.2026' is not a date such as 2026-11-02",
        "write a date such as 2026-11-02, without quotes",
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [('type = "spoon"', "'spoon' is no choice here"), ("", "this key is required")],
)
def test_a_wrong_kind_names_the_kinds(text: str, what: str) -> None:
    """Of a table that may be one of several, the word that says which."""
    found = complaint(f"[[parts]]\n{text}\n")
    assert (found.table, found.key, found.fault) == ("parts[0]", "type", what)
    assert found.do == 'write "cutter" or "drawer"'


def test_a_wrong_tag_is_refused() -> None:
    """A kind that does not exist is named, not taken for another."""
    found = complaint('[[parts]]\ntype = "spoon"\n')
    assert "spoon" in found.what
    assert found.table == "parts[0]"


@pytest.mark.parametrize("text", ['name = "a"\nname = "b"', "[printer]\n[printer]", "name = "])
def test_duplicate_keys_and_broken_toml_are_refused(text: str) -> None:
    """The TOML reader's own sentence is kept."""
    assert "not TOML" in complaint(text).what


def test_bytes_that_are_no_text_are_refused(tmp_path) -> None:
    """A file in another encoding is a complaint, not a crash."""
    file = tmp_path / "lane.toml"
    file.write_bytes(b'name = "\xe4"')
    with pytest.raises(TomlComplaint, match="byte 8 is not UTF-8"):
        read_toml(file, Config)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_value_or_a_complaint(text: str) -> None:
    """Nothing that a person can type ends in another error."""
    with contextlib.suppress(TomlComplaint):
        assert isinstance(parse_toml(text, Config, "f"), Config)
