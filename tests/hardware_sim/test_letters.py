"""Letters beyond ASCII: tables, national sets, own shapes, turned, upside down, two bytes; and macros."""

import pytest
from hypothesis import given, settings, strategies as st

from hardware_sim.escpos_characters import CODE_TABLES, NATIONAL, NATIONAL_BYTES
from hardware_sim.escpos_events import Columns, Pause, Run, TextLine, Trouble
from hardware_sim.escpos_reader import EscposReader
from hardware_sim.printer_models import MM58_GBK, MODELS, VETERAN


def words(events):
    return ["".join(p.text for p in e.pieces) for e in events if isinstance(e, TextLine)]


@pytest.mark.parametrize(
    ("table", "byte", "character"),
    [(0, 0x9B, "¢"), (2, 0x9B, "ø"), (16, 0x80, "€"), (19, 0xD5, "€"), (17, 0x80, "\u0410"),
     (14, 0x80, "\u0391"), (36, 0x80, "א"), (46, 0xC0, "\u0410"), (40, 0xA4, "€"), (1, 0xB1, "ｱ"), (44, 0xF2, "Ґ")],
)  # fmt: skip
def test_code_tables(read, table, byte, character):
    """One letter of each, from the tables in the reference's appendix."""
    assert words(read(b"\x1bt" + bytes([table, byte]) + b"\n")) == [character]


def test_a_model_has_its_own_tables(read):
    """The veteran has no 1251: the table stays what it was."""
    events = read(b"\x1bt\x2e\xc0\n", model=VETERAN)
    assert isinstance(events[0], Trouble)
    assert words(events) == ["└"]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_table_of_every_model_decodes_every_byte(model):
    """No byte raises; each is one character."""
    for table in model.code_tables:
        reader = EscposReader(model)
        reader.feed(b"\x1c.\x1bM\x01\x1bt" + bytes([table]))
        assert table in CODE_TABLES
        for start in range(0x20, 0x100, 32):
            assert len(words(reader.feed(bytes(range(start, start + 32)) + b"\n"))[0]) == 32


def test_national_sets_change_twelve_characters(read):
    """ESC R 2 is Germany; 0 is as sent; a country that does not exist changes nothing."""
    assert words(read(b"\x1bR\x02[\\]{|}~a\n")) == ["ÄÖÜäöüßa"]
    assert words(read(b"\x1bR\x03#\n")) == ["£"]
    assert isinstance(read(b"\x1bR\x63#\n")[0], Trouble)
    assert {len(country) for country in NATIONAL} == {len(NATIONAL_BYTES)}


def test_an_own_letter_is_drawn_in_place_of_the_printer_s(paper_of, black):
    """ESC & defines A as a bar of 24 dots, 2 wide; ESC % 1 uses it, ESC ? takes it back."""
    own = b"\x1b&\x03AA\x02" + b"\xff" * 6
    bar = {(x, y) for x in range(2) for y in range(24)}
    assert black(paper_of(own + b"\x1b%\x01A\n").image()) == bar
    big = {(x, y) for x in range(4) for y in range(48)}
    assert black(paper_of(own + b"\x1b%\x01\x1d!\x11A\n").image()) == big
    plain = black(paper_of(b"A\n").image())
    for back in (b"A", b"\x1b%\x01\x1b?AA", b"\x1b%\x01\x1b@A"):
        assert black(paper_of(own + back + b"\n").image()) == plain


def test_own_letters_keep_their_places_in_the_line(read, paper_of):
    """Each takes its cell of 12 dots; the transcript has the code's letter."""
    own = b"\x1b&\x03AB\x01\xff\xff\xff\x01\xf0\xf0\xf0\x1b%\x01"
    pieces = read(own + b"xABy\n")[0].pieces
    assert [(p.x_dots, type(p)) for p in pieces] == [
        (0, Run),
        (12, Columns),
        (24, Columns),
        (36, Run),
    ]
    assert paper_of(own + b"xABy\n").lines == ["xABy"]


def test_turned_letters(paper_of, black):
    """ESC V 1: a letter of 12 x 24 is 24 x 12, turned clockwise."""
    upright = black(paper_of(b"R\n").image())
    turned = black(paper_of(b"\x1bV\x01R\n").image())
    assert turned == {(23 - y, x) for x, y in upright}
    assert black(paper_of(b"\x1bV\x01\x1bV\x00R\n").image()) == upright


def test_an_upside_down_line(paper_of, black):
    """ESC { 1: the line is turned by 180 degrees, so it begins at the right."""
    upright = black(paper_of(b"R\n").image())
    assert black(paper_of(b"\x1b{\x01R\n").image()) == {(575 - x, 23 - y) for x, y in upright}
    assert black(paper_of(b"x\x1b{\x01\n").image()) == black(paper_of(b"x\n").image())


def test_two_byte_characters(read):
    """The Chinese clone comes up with FS & on: D6 D0 is one letter of 24 dots; FS . ends it."""
    line = read(b"\xd6\xd0\xb9\xfa ok\n", model=MM58_GBK)[0]
    assert [(p.text, p.pitch_dots) for p in line.pieces] == [("中国", 24), (" ok", 12)]
    assert words(read(b"\x1c.\x82\n", model=MM58_GBK)) == ["é"]
    assert words(read(b"\x1c&\x82\n")) == ["é"]  # a model without them


def test_half_a_character_before_a_control_is_printed_as_one_byte(read):
    """D6 and a line feed: no second byte will come."""
    assert len(words(read(b"\xd6\nok\n", model=MM58_GBK))[0]) == 1


@settings(max_examples=60, deadline=None)
@given(
    data=st.lists(st.sampled_from([b"\xd6\xd0", b"\xb9", b"a", b"\n", b"\x1c.", b"\x1c&"])).map(
        b"".join
    )
)
def test_two_byte_characters_however_they_are_cut(data):
    """Whole or byte by byte: the same letters."""
    whole, pieces = EscposReader(MM58_GBK), EscposReader(MM58_GBK)
    one_by_one = [e for i in range(len(data)) for e in pieces.feed(data[i : i + 1])]
    assert words(whole.feed(data) + whole.feed(b"\n")) == words(one_by_one + pieces.feed(b"\n"))


def test_a_macro_is_executed_while_it_is_defined_and_again_when_told(read):
    """GS : text GS : prints once, GS ^ 2 0 0 twice more."""
    assert words(read(b"\x1d:hello\n\x1d:\x1d^\x02\x00\x00end\n")) == ["hello"] * 3 + ["end"]


def test_a_macro_waits_between(read):
    """t counts 100 ms, m = 1 waits for the feed button besides."""
    macro = b"\x1d:x\n\x1d:"
    pauses = [
        e for e in read(macro + b"\x1d^\x02\x05\x00\x1d^\x01\x00\x01") if isinstance(e, Pause)
    ]
    assert pauses == [Pause(0.5), Pause(0.5), Pause(0.0, for_button=True)]


def test_a_macro_survives_esc_at_and_may_hold_it(read):
    """GS : [Details]: ESC @ does not clear it."""
    events = read(b"\x1d:\x1b@\x1ba\x01x\n\x1d:\x1b@\x1d^\x01\x00\x00")
    assert [e.pieces[0].x_dots for e in events if isinstance(e, TextLine)] == [282, 282]


def test_gs_caret_inside_a_definition_clears_it(read):
    """The definition is aborted; nothing is left to execute. So does an empty one."""
    for data in (
        b"\x1d:x\n\x1d^\x01\x00\x00\x1d^\x01\x00\x00",
        b"\x1d:x\n\x1d:\x1d:\x1d:\x1d^\x01\x00\x00",
    ):
        events = read(data)
        assert words(events) == ["x"]
        assert isinstance(events[-1], Trouble)


def test_a_macro_holds_2048_bytes(read):
    """What is longer is cut off."""
    macro = b"\x1d:" + (b"x" * 31 + b"\n") * 100 + b"\x1d:"
    assert words(read(macro + b"\x1d^\x01\x00\x00"))[100:] == ["x" * 31] * 64


def test_a_macro_that_ends_inside_a_command_cannot_run_away(read):
    """Cut off after GS, the next copy begins with ^: that is refused, not obeyed without end."""
    body = b"^\x01\x00\x00" + b"x" * 2043 + b"\x1d"
    events = read(b"\x1d:" + body + b"B\x00\x1d:" + b"\x1d^\x03\x00\x00!\x00end\n")
    assert sum(isinstance(e, Trouble) and "GS ^" in e.what for e in events) == 2
    assert "end" in words(events)[-1]


def test_page_mode_inside_a_macro(read):
    """A macro may open a page and print it, again and again."""
    events = read(b"\x1d:\x1bLpage\x0cline\n\x1d:\x1d^\x01\x00\x00")
    assert [type(e).__name__ for e in events] == ["Sheet", "TextLine"] * 2
