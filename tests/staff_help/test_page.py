"""The page's files and words: complete in every language, strict, and without a foreign address."""

import gzip
import re
from html.parser import HTMLParser

import msgspec
import pytest

from offers.catalogue import CATALOGUE
from offers.model import Language
from offers.plurals import forms
from staff_help.ask_words import Relation
from staff_help.assets import PAGE_FILES, assets
from staff_help.lane_state import Kind, PrintResult, SaleState
from staff_help.words import ENGLISH, EVIDENCE, REFUSALS, SAID, WORDS, direction, words

SCRIPTS = {name: one.body.decode() for name, one in assets().items() if name.endswith(".js")}
SCRIPT = "\n".join(SCRIPTS.values())
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
        assert places(text) == places(WORDS[ENGLISH][key])


def places(text: str) -> set[str]:
    """Name the places for facts in a text."""
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", sorted(SAID))
def test_every_language_says_every_sentence(language):
    """Each sentence of the lane, with the same facts; a count in each plural form of the language."""
    assert set(SAID[language]) == set(SAID[ENGLISH])
    for key, told in SAID[language].items():
        english = SAID[ENGLISH][key]
        if isinstance(told, str):
            assert isinstance(english, str)
            assert places(told) == places(english)
        else:
            assert set(told) == forms(language)
            assert places(told["other"]) == {"n"}


@pytest.mark.parametrize("language", sorted(EVIDENCE))
def test_every_fact_of_a_verdict_has_a_name(language):
    """Each key that a verdict may carry is named, but for those that are codes of the program."""
    keys = {key for entry in CATALOGUE.values() for key in entry.evidence}
    codes = {"what", "mode", "instead", "objective", "field", "by"}
    assert set(EVIDENCE[language]) == keys - codes
    assert all(EVIDENCE[language].values())


def test_every_word_that_the_page_uses_is_there():
    """Each data-word and each say("...") has its text."""
    assert asked_words() <= set(WORDS[ENGLISH])


def asked_words() -> set[str]:
    """Name the words that the page or one of its scripts asks for."""
    kinds = ("data-word", "data-label", "data-hint")
    asked = {attrs[kind] for _, attrs in TAGS for kind in kinds if kind in attrs}
    return asked | set(re.findall(r'(?:say|section|field)\("(\w+)"', SCRIPT))


@pytest.mark.parametrize(
    ("prefix", "values"),
    [("kind", Kind), ("state", SaleState), ("print", PrintResult), ("relation", Relation)],
)
def test_every_state_has_its_word(prefix, values):
    """Whatever a LaneState may say, the page has a word for it."""
    for value in values.__args__:
        assert f"{prefix}_{value}" in WORDS[ENGLISH]


def test_every_word_is_used():
    """No text is translated that nobody sees."""
    left = set(WORDS[ENGLISH]) - asked_words()
    families = ("kind_", "state_", "print_", "relation_")
    by_state = {"paper_said", "paper_printing", "paper_nothing"}  # chosen by the lane's answer
    assert by_state <= set(re.findall(r'"(\w+)"', SCRIPT))
    assert {key for key in left if not key.startswith(families)} - by_state == {"nothing_new"}


def test_every_id_that_the_script_asks_for_is_on_the_page():
    """A renamed element is found here and not at the lane."""
    asked = set(re.findall(r'\$\("([\w-]+)"\)', SCRIPT))
    asked |= {f"light-{part}" for part in ("printer", "hq", "cache")}
    asked |= {f"{part}-{view}" for part in ("tab", "view") for view in ("sale", "ask", "past")}
    made = set(re.findall(r'field\("(\w+)"', SCRIPT)) | {
        "title"
    }  # inside the drawer, by its script
    there = {attrs["id"] for _, attrs in TAGS if "id" in attrs}
    assert asked <= there | {f"drawer-{name}" for name in made}


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
    loaded = set(re.findall(r'from "/static/([\w.]+)"', SCRIPT))
    assert loaded | {"page.js"} == set(SCRIPTS)


def test_every_field_has_a_name():
    """Each input stands in a label; each button has words."""
    labels = "".join(re.findall(r"<label.*?</label>", PAGE, re.DOTALL))
    for tag, attrs in TAGS:
        if tag == "input" and attrs.get("type") != "radio":
            assert f'id="{attrs["id"]}"' in labels or f'for="{attrs["id"]}"' in labels


def test_changes_are_told_to_a_screen_reader():
    """What was done is a status, what went wrong an alert; the list itself is no live region."""
    by_id = {attrs["id"]: attrs for _, attrs in TAGS if "id" in attrs}
    for name in ("said", "heard", "ask-said", "past-said"):
        assert by_id[name]["role"] == "status"
    for name in ("link", "more-problem"):
        assert by_id[name]["role"] == "alert"
    assert not {"role", "aria-live"} & set(by_id["lines"])


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


@pytest.mark.parametrize(
    ("tongue", "way", "close"),
    [("en", "ltr", "Close"), ("de-at", "ltr", "Schließen"), ("ar", "rtl", "إغلاق")],
)
def test_the_page_comes_in_the_lane_s_language(tongue, way, close):
    """The words, the language's tag, and the way it is written; the first paint is right already."""
    table = msgspec.json.decode(assets(Language(tongue))["words.json"].body)
    assert (table["lang"], table["dir"], table["close"]) == (tongue, way, close)
    page = assets(Language(tongue))["index.html"].body.decode()
    assert page.startswith(f'<!doctype html>\n<html lang="{tongue}" dir="{way}">')


def test_the_first_load_is_small():
    """All files together, packed as a browser gets them, are at most 30 kB in each language."""
    for tongue in WORDS:
        table = assets(tongue)
        assert (
            sum(len(one.packed) for name, one in table.items() if name != "closed.html") <= 30_000
        )
        for one in table.values():
            assert gzip.decompress(one.packed) == one.body


def test_a_file_is_named_by_what_it_holds():
    """Two files never share an ETag, and it is quoted."""
    tags = [one.etag for one in assets().values()]
    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r'"[0-9a-f]{20}"', tag) for tag in tags)


@pytest.mark.parametrize(
    ("code", "close"),
    [
        ("de", "Schließen"),
        ("de-at", "Schließen"),
        ("es-mx", "Cerrar"),
        ("ar-eg", "إغلاق"),
        ("en", "Close"),
        ("fi", "Close"),
    ],
)
def test_words_are_found_by_language(code, close):
    """A region falls back to its language, an unknown language to English."""
    assert words(Language(code))["close"] == close


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
