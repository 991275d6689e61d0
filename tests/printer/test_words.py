from hypothesis import given, settings, strategies as st

from printer.profile import PROFILES, Profile
from printer.words import code_page, native, plain, wrap, wrap_balanced

EPSON = PROFILES["TM-T88V"]


def test_words_take_the_first_page_that_holds_them() -> None:
    """Latin in 1252, Polish in Latin 2, Russian in 866; Chinese in none."""
    assert code_page("Änderung 5 €", EPSON) == (16, "cp1252")
    assert code_page("Żółty", EPSON) == (18, "cp852")
    assert code_page("Молоко", EPSON) == (17, "cp866")
    assert code_page("牛奶", EPSON) is None
    assert code_page("حليب", EPSON) is None


def test_right_to_left_scripts_are_never_native() -> None:
    """A printer sets bytes in the order they come: no page of Hebrew or Arabic is in a profile."""
    for profile in PROFILES.values():
        assert code_page("שלום", profile) is None


def test_a_page_of_two_bytes_a_character_is_not_used() -> None:
    """Columns are counted in characters: a page in which one takes two is passed over."""
    assert code_page("カ牛", Profile(name="x", code_pages={1: "cp932"})) is None
    assert code_page("abc", Profile(name="x", code_pages={1: "cp932"})) == (1, "cp932")


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_plain_text_holds_no_command(text: str) -> None:
    """Whatever comes, no control character reaches the printer, whatever the code page."""
    words = plain(text)
    page = code_page(words, EPSON)
    if page is not None:
        assert all(byte >= 0x20 and byte != 0x7F for byte in words.encode(page[1]))


@given(st.text("abc äß-", max_size=120), st.integers(1, 48))
@settings(max_examples=100, deadline=None)
def test_lines_fit_and_lose_no_letter(text: str, columns: int) -> None:
    """No line is longer than the paper; letters come out in order, a long word on several lines."""
    words = plain(text)
    lines = wrap(words, columns)
    assert all(len(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_blanks_that_hold_words_together_do_so() -> None:
    """A price and its unit stay on one line, and print as a plain blank."""
    words = plain("Jetzt nur 1,99\u202f€  das Stück")
    assert words == "Jetzt nur 1,99\u00a0€ das Stück"
    assert wrap(words, 15) == ("Jetzt nur", "1,99 € das", "Stück")
    assert code_page(words, EPSON) == (16, "cp1252")


def test_marks_that_say_a_direction_are_not_printed() -> None:
    """A printer's code page holds none of them, and some print a soft hyphen as a hyphen."""
    assert native("\u2068Skyr\u2069 \u200e500\u00adg 2\u2011pack") == "Skyr 500g 2-pack"


def test_a_title_s_lines_are_about_equally_long() -> None:
    """As few lines as needed, and no orphan at the end."""
    assert wrap_balanced("20 % off 2 Solenne yogurts", 24) == ("20 % off 2", "Solenne yogurts")
    assert wrap_balanced("one line", 24) == ("one line",)
    assert wrap_balanced("Donaudampfschifffahrt auf", 12) == wrap("Donaudampfschifffahrt auf", 12)


@given(st.text("abc äß-", max_size=120), st.integers(1, 48))
@settings(max_examples=100, deadline=None)
def test_balancing_takes_no_more_lines(text: str, columns: int) -> None:
    """It moves words between lines, and neither loses nor adds any."""
    words = plain(text)
    lines = wrap_balanced(words, columns)
    assert len(lines) == len(wrap(words, columns))
    assert all(len(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
