"""The page's files and words: complete in every language, strict, and without a foreign address."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from offers.model import Language
from staff_help.assets import PAGE_FILES, assets
from staff_help.lane_state import Kind, PrintResult, SaleState
from staff_help.words import ENGLISH, REFUSALS, WORDS, direction, words

SCRIPT = assets()["page.js"].body.decode()
PAGE = assets()["index.html"].body.decode()
STYLE = assets()["page.css"].body.decode()


class Tags(HTMLParser):
    """Keeps the attributes of every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


TAGS = Tags(PAGE).found


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_language_has_every_word(language):
    """No language lacks a word, or a place for an amount, that English has."""
    assert set(WORDS[language]) == set(WORDS[ENGLISH])
    for key, text in WORDS[language].items():
        assert text
        assert ("{amount}" in text) == ("{amount}" in WORDS[ENGLISH][key])


def test_every_word_that_the_page_uses_is_there():
    """Each data-word and each say("...") has its text."""
    asked = {attrs["data-word"] for _, attrs in TAGS if "data-word" in attrs}
    asked |= set(re.findall(r'say\("(\w+)"\)', SCRIPT))
    assert asked <= set(WORDS[ENGLISH])


@pytest.mark.parametrize(
    ("prefix", "values"),
    [("kind", Kind), ("state", SaleState), ("print", PrintResult)],
)
def test_every_state_has_its_word(prefix, values):
    """Whatever a LaneState may say, the page has a word for it."""
    for value in values.__args__:
        assert f"{prefix}_{value}" in WORDS[ENGLISH]


def test_every_word_is_used():
    """No text is translated that nobody sees."""
    used = {attrs["data-word"] for _, attrs in TAGS if "data-word" in attrs}
    used |= set(re.findall(r'say\("(\w+)"\)', SCRIPT))
    left = {key for key in WORDS[ENGLISH] if key not in used}
    families = ("kind_", "state_", "print_")
    assert {key for key in left if not key.startswith(families)} == {"nothing_new"}


def test_every_id_that_the_script_asks_for_is_on_the_page():
    """A renamed element is found here and not at the lane."""
    asked = set(re.findall(r'\$\("([\w-]+)"\)', SCRIPT)) | {"light-printer", "light-hq"}
    assert asked <= {attrs["id"] for _, attrs in TAGS if "id" in attrs}


def test_text_goes_in_as_text_alone():
    """No way by which a title from headquarters could become markup or code."""
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    ):
        assert way not in SCRIPT


def test_nothing_is_fetched_from_elsewhere():
    """The page needs no network and no other server."""
    for name in PAGE_FILES:
        text = assets()[name].body.decode().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:)?//[a-z0-9]", text)


def test_the_page_needs_no_inline_code():
    """The strict policy forbids inline scripts, styles and handlers: there are none."""
    for tag, attrs in TAGS:
        assert "style" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        assert tag != "style"
        assert tag != "script" or attrs["src"] == "/static/page.js"


def test_every_field_has_a_name():
    """Each input stands in a label; each button has words."""
    labels = re.findall(r"<label.*?</label>", PAGE, re.DOTALL)
    for tag, attrs in TAGS:
        if tag in ("input", "select"):
            assert any(f'id="{attrs["id"]}"' in label for label in labels)


def test_changes_are_told_to_a_screen_reader():
    """What was settled is a status, what went wrong an alert."""
    by_id = {attrs["id"]: attrs for _, attrs in TAGS if "id" in attrs}
    assert by_id["said"]["role"] == "status"
    assert by_id["link"]["role"] == "alert"
    assert by_id["goodwill-problem"]["role"] == "alert"


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2, from its formula."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", STYLE))


def test_the_contrast_formula_is_right():
    """Black on white is 21 to 1 by definition."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "paper"),
        ("soft", "paper"),
        ("soft", "card"),
        ("soft", "good-wash"),
        ("bad", "bad-wash"),
        ("watch", "watch-wash"),
        ("good", "good-wash"),
        ("good", "card"),
        ("bad", "card"),
        ("deep", "card"),
    ],
)
def test_words_stand_out_from_their_ground(ink, ground):
    """Each pair that the page uses for text has at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    assert contrast(COLOURS[ink], COLOURS[ground]) >= 4.5


def test_words_json_holds_each_language_and_its_direction():
    """The table that the page loads is the table of the words, with the way each is written."""
    table = msgspec.json.decode(assets()["words.json"].body)
    assert set(table) == set(WORDS) == {"en", "es", "de", "ar"}
    assert (table["de"]["dir"], table["es"]["dir"], table["ar"]["dir"]) == ("ltr", "ltr", "rtl")
    assert table["de"]["give"] == "{amount} geben"


def test_a_file_is_named_by_what_it_holds():
    """Two files never share an ETag, and it is quoted."""
    tags = [one.etag for one in assets().values()]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r'"[0-9a-f]{20}"', tag) for tag in tags)


@pytest.mark.parametrize(
    ("code", "cancel"),
    [
        ("de", "Abbrechen"),
        ("de-at", "Abbrechen"),
        ("es-mx", "Cancelar"),
        ("ar-eg", "إلغاء"),
        ("en", "Cancel"),
        ("fi", "Cancel"),
    ],
)
def test_words_are_found_by_language(code, cancel):
    """A region falls back to its language, an unknown language to English."""
    assert words(Language(code))["cancel"] == cancel


@pytest.mark.parametrize(("code", "way"), [("ar", "rtl"), ("he-il", "rtl"), ("de", "ltr")])
def test_a_language_has_its_direction(code, way):
    """Arabic and Hebrew run from right to left."""
    assert direction(Language(code)) == way


def test_the_locked_page_says_so_in_every_language():
    """A page without its key has no words.json: it carries each language itself, marked as such."""
    locked = Tags(assets()["closed.html"].body.decode()).found
    told = {attrs["lang"]: attrs.get("dir", "ltr") for _, attrs in locked if "lang" in attrs}
    assert told == {code: direction(code) for code in WORDS}


def test_every_language_says_every_refusal():
    """What happened and what to do, with the most that may be given where English names it."""
    for table in REFUSALS.values():
        assert set(table) == set(REFUSALS[ENGLISH])
        for code, (what, do) in table.items():
            assert what.endswith((".", "؟"))
            assert do.endswith(".")
            assert ("{most}" in do) == ("{most}" in REFUSALS[ENGLISH][code][1])
