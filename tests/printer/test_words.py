from hypothesis import given, settings, strategies as st

from printer.profile import PROFILES, Profile
from printer.words import code_page, draw_words, letters, plain, unknown_letters, wrap, wrap_drawn

EPSON, CLONE = PROFILES["TM-T88V"], PROFILES["generic-80mm"]


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


@given(st.text("abcd Жñ", max_size=60), st.integers(40, 300))
@settings(max_examples=40, deadline=None)
def test_drawn_lines_fit_too(text: str, width: int) -> None:
    """The same for letters drawn as dots."""
    font = letters(20)
    lines = wrap_drawn(text, width, font)
    assert all(font.getlength(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_drawn_words_are_black_on_white_and_wrapped() -> None:
    """Two lines of 25 dots each where one would not fit; ink inside the width."""
    one, two = (
        draw_words(text, 200, 20, centred=True) for text in ("Milch", "Milch und Brot vom Land")
    )
    assert (one.height, two.height) == (25, 50)
    assert 0 < one.count_black() < one.width * one.height / 4


def test_letters_that_the_font_lacks_are_named() -> None:
    """Latin, Greek, Cyrillic are there, Chinese is not."""
    assert unknown_letters("Añ Ωж €½") == ""
    assert unknown_letters("牛 a") == "牛"


def test_a_character_of_the_stand_in_is_a_printer_s_cell_wide() -> None:
    """Size 20 is 12 dots wide: what font A of every TM printer is."""
    assert round(letters(20).getlength("M")) == 12
    assert CLONE.columns_a * 12 == CLONE.dots_wide
