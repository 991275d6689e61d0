# ruff: noqa: RUF001
import unicodedata

import pytest
from hypothesis import given, settings, strategies as st
from PIL import ImageChops

from printer import fonts, layout
from printer.bitmap import Bitmap, to_image
from printer.fonts import OWN, Face, face_for, faces, lacks, missing, nearest_face, shaping
from printer.items import Dots, Words
from printer.layout import X_HEIGHT, field, unprintable
from printer.profile import PROFILES
from printer.shaping import (
    CLOSE_ISOLATE,
    OPEN_ISOLATES,
    balanced,
    break_lines,
    breaks_a_word,
    draw_lines,
    length,
    right_to_left,
)
from printer.slip import Slip

EPSON, NARROW = PROFILES["TM-T20III"], PROFILES["generic-58mm"]
MONO = Face(str(OWN))
SCRIPTS = {
    "Arabic": "خصم على زبادي Solenne 20 %",
    "Hebrew": "הנחה של 1.00 ₪ על Montebruno",
    "Thai": "คูปองใช้ได้ครั้งเดียว Skyr 500 g",
    "Devanagari": "प्रत्येक कूपन एक बार Skyr",
    "Chinese": "每张优惠券仅限使用一次 Skyr",
}


def font_for(script: str):
    """Give the font of a script, or skip the test, naming what is missing."""
    face = face_for(SCRIPTS[script])
    if face is None or not shaping():
        pytest.skip(f"no font for {script} here: pip install 'tillside[fonts,fonts-cjk]'")
    return face.at(face.size_for(X_HEIGHT))


def ink(bitmap: Bitmap) -> tuple[int, int, int, int]:
    box = ImageChops.invert(to_image(bitmap).convert("L")).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_drawn_within_the_paper(script: str) -> None:
    """Broken into lines, each no longer than the paper; drawn, every line has ink."""
    font = font_for(script)
    text = " ".join([SCRIPTS[script]] * 4)
    rtl = right_to_left(text)
    lines = break_lines(text, 384, font, rtl=rtl)
    assert len(lines) > 1
    assert all(length(line, font, rtl=rtl) <= 384 for line in lines)
    for line in lines:
        drawn = draw_lines([line], 384, font, "left", rtl=rtl)
        assert drawn.count_black() > 50


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_slip_says_it_natively_or_as_dots_and_never_as_boxes(script: str) -> None:
    """With its font there is nothing to note; the letters are not the printer's own."""
    font_for(script)
    made = field("terms", SCRIPTS[script], EPSON)
    assert made.notes == ()
    assert any(isinstance(item, Dots) for item in made.items)
    assert unprintable(Slip(job="j", headline="", terms=SCRIPTS[script]), EPSON) == ""


def test_arabic_letters_are_joined_and_run_from_the_right() -> None:
    """Joined, a word is shorter than its letters apart; the first letter is rightmost."""
    font = font_for("Arabic")
    word = "حليب"
    assert length(word, font, rtl=True) < sum(length(letter, font, rtl=True) for letter in word)
    lone = draw_lines(["ا"], 200, font, "right", rtl=True)
    both = draw_lines(["ا بب"], 200, font, "right", rtl=True)
    column = [x for x in range(190, 200) if any(lone.black(x, y) for y in range(lone.height))]
    assert column
    assert all(any(both.black(x, y) for y in range(both.height)) for x in column)


def test_a_paragraph_from_the_right_ends_its_lines_at_the_right() -> None:
    """Long terms stand at the right margin, and their numbers read from the left."""
    font = font_for("Hebrew")
    text = "שימוש אחד לכל קופון לא ניתן להמיר במזומן " * 3
    item = field("terms", text, NARROW, True).items[1]
    assert isinstance(item, Dots)
    assert ink(item.bitmap)[2] >= NARROW.dots_wide - 3
    one, two = (
        draw_lines([f"{number} אב"], 300, font, "left", rtl=True) for number in ("12", "21")
    )
    assert one != two


def test_isolates_keep_a_name_together_and_are_never_drawn() -> None:
    """A Latin name with its weight in the middle of Arabic: the marks have no ink and no width."""
    font = font_for("Arabic")
    plain, marked = "سعر Skyr 500", "سعر \u2068Skyr 500\u2069"
    assert length(marked, font, rtl=True) == pytest.approx(
        length("سعر Skyr 500", font, rtl=True), abs=1
    )
    drawn = draw_lines([marked], 400, font, "right", rtl=True)
    assert drawn.count_black() == pytest.approx(
        draw_lines([plain], 400, font, "right", rtl=True).count_black(), rel=0.02
    )
    assert lacks(face_for(SCRIPTS["Arabic"]) or MONO, "\u2066\u2067\u2068\u2069\u200e\u200f") == ""


@given(
    st.lists(
        st.sampled_from(["abc", "\u2068Skyr 500 g\u2069", "د", "\u2067אב\u2069", "12"]), max_size=14
    ),
    st.integers(120, 400),
)
@settings(max_examples=60, deadline=None)
def test_no_line_leaves_an_isolate_open(words: list[str], width: int) -> None:
    """Cut in two, a name is closed at the line's end and opened again in the next; no letter is lost."""
    font = MONO.at(20)
    lines = break_lines(" ".join(words), width, font)
    for line in lines:
        assert sum(line.count(mark) for mark in OPEN_ISOLATES) == line.count(CLOSE_ISOLATE)
    assert letters_of("".join(lines)) == letters_of("".join(words))


def letters_of(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) not in ("Cf", "Zs"))


@given(st.text("abcd Жñé-", max_size=80), st.integers(40, 300))
@settings(max_examples=60, deadline=None)
def test_drawn_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    """No line is wider than the paper; a longer word is broken."""
    font = MONO.at(20)
    lines = break_lines(text, width, font)
    assert all(length(line, font) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text("abc de", min_size=1, max_size=60), st.integers(60, 300))
@settings(max_examples=60, deadline=None)
def test_balanced_lines_are_no_more_and_no_wider(text: str, width: int) -> None:
    """About equally long, in as few lines as it takes."""
    font = MONO.at(20)
    lines = balanced(text, width, font)
    assert len(lines) == len(break_lines(text, width, font))
    assert all(length(line, font) <= width for line in lines)


def test_ideographs_break_where_they_may() -> None:
    """Between any two, but never before a full stop or after an opening bracket."""
    font = font_for("Chinese")
    text = "每张优惠券仅限使用一次。不可（兑换现金）。" * 3
    lines = break_lines(text, 170, font)
    assert len(lines) > 3
    assert not any(line[0] in "。）" or line[-1] == "（" for line in lines)
    assert "".join(lines) == text


def test_marks_stay_on_their_letters() -> None:
    """A word wider than the paper is cut between clusters: no line begins with a mark or a vowel sign."""
    for script, word in (
        ("Thai", "ผลิตภัณฑ์นี้ใช้ได้ครั้งเดียวเท่านั้น"),
        ("Devanagari", "अंतरराष्ट्रीयकरणक्षेत्रीय"),
    ):
        font = font_for(script)
        lines = break_lines(word, 120, font)
        assert len(lines) > 1
        assert "".join(lines) == word
        assert not any(unicodedata.category(line[0])[0] == "M" for line in lines)
        assert not any(line[0] in "ะาำ" or line[-1] in "เแโใไ" for line in lines)


def test_a_zero_width_space_is_where_thai_may_break() -> None:
    """Wordings that know their words say so; the space itself is not drawn."""
    font = font_for("Thai")
    first, second = "ผลิตภัณฑ์", "เท่านั้น"
    width = int(max(length(first, font), length(second, font))) + 2
    assert break_lines(f"{first}\u200b{second}", width, font) == [first, second]


def test_a_direction_is_the_first_strong_letter_s() -> None:
    """Digits and what stands isolated do not decide (UAX 9, P2)."""
    assert right_to_left("2 × زبادي Solenne")
    assert right_to_left("\u2068Solenne\u2069 زبادي")
    assert not right_to_left("Solenne زبادي")
    assert not right_to_left("12 %")


def test_letters_are_as_tall_as_they_must_be() -> None:
    """An x is fourteen dots or more in every font that has one."""
    for face in faces():
        if not lacks(face, "x"):
            font = face.at(face.size_for(X_HEIGHT))
            _, top, _, bottom = ink(draw_lines(["x"], 60, font, "left", rtl=False))
            assert bottom - top >= X_HEIGHT - 1


def test_what_no_font_has_is_named() -> None:
    """Runes are in none; the nearest font draws the rest."""
    assert missing("ᚠ Milk") == "ᚠ"
    assert face_for("ᚠ Milk") is None
    assert lacks(nearest_face("ᚠ Milk"), "Milk") == ""


def test_a_folder_of_the_store_comes_first(tmp_path) -> None:
    """A font put there is taken before all others; what is no font is passed over."""
    (tmp_path / "house.ttf").write_bytes(OWN.read_bytes())
    (tmp_path / "readme.txt").write_text("no font")
    face = face_for("Milk", str(tmp_path))
    assert face is not None
    assert face.path == str(tmp_path / "house.ttf")


def test_words_wider_than_the_paper_are_known() -> None:
    """So that a smaller size is tried before a word is broken."""
    font = MONO.at(20)
    assert breaks_a_word("aa bbbbbbbbbb", 60, font, rtl=False)
    assert not breaks_a_word("aa bb", 60, font, rtl=False)


def test_latin_fields_stay_native_beside_drawn_ones() -> None:
    """Only the field that needs it is drawn: a price costs ten bytes, not a thousand."""
    made = field("counts", "Montebruno Espresso 1 kg", EPSON, True)
    assert [type(item) for item in made.items] == [Words]


def test_without_the_shaping_library_no_letter_is_drawn_that_needs_it(monkeypatch) -> None:
    """A Pillow without raqm would set Arabic apart and backwards: the other language is printed."""
    monkeypatch.setattr("printer.fonts.shaping", lambda: False)
    caches = (fonts._draws, layout.field, layout._lacking)
    for cache in caches:
        cache.cache_clear()
    try:
        assert missing("حليب Ω é") == "بحلي"
        arabic = Slip(job="j", headline="", terms="حليب", otherwise=Slip(job="j", headline="Milk"))
        notes: list[str] = []
        assert layout.readable(arabic, EPSON, notes) == arabic.otherwise
        assert notes == ["no letters for 'بحلي': printed in the store's other language"]
    finally:
        for cache in caches:
            cache.cache_clear()
