"""Words as a search compares them, in four languages."""

import pytest
from hypothesis import given, settings, strategies as st

from staff_help.fold import MOST_LETTERS, folded, tokens
from staff_help.shelf_words import called, things
from staff_help.words import BOOKS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Käse", "KAESE"),
        ("Müsli", "muesli"),
        ("Soße", "SOSSE"),
        ("piña", "pina"),
        ("Crème", "creme"),
        ("Smørrebrød", "smorrebrod"),
        ("أرز", "ارز"),  # alef without its hamza
        ("قهوة", "قهوه"),  # teh marbuta typed as heh
        ("حُلْوَى", "حلوي"),  # vowel signs, alef maksura
        ("زبـــادي", "زبادي"),  # stretched
    ],
)
def test_spellings_of_one_word_are_one(one, other):
    """Case, accents, umlauts, and the forms that Arabic letters take make no difference."""
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("Kirsche", "Kirche"), ("ñu", "nube"), ("تين", "تبن")])
def test_other_words_stay_apart(one, other):
    """Folding never makes one word of two."""
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Solenne Yogurt, 500g", ["solenne", "yogurt", "500"]),
        ("the oil of olives", ["oil", "olives"]),
        ("Milch und Honig", ["milch", "honig"]),
        ("la leche y el pan", ["leche", "pan"]),
        ("القهوة ٢٥٠", ["قهوه", "250"]),
        ("  ...  ", []),
    ],
)
def test_a_text_becomes_its_telling_words(text, found):
    """Units and small words say nothing; numbers are western; Arabic words lose their article."""
    assert tokens(text) == found


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_folding_takes_anything_and_is_done_once(text):
    """Whatever is typed, its tokens are bounded, and folding them again changes nothing."""
    for token in tokens(text):
        assert 0 < len(token) <= MOST_LETTERS
        assert folded(folded(token)) == folded(token)


@pytest.mark.parametrize(
    ("token", "elsewhere"),
    [
        ("erdbeerjoghurt", {"strawberr", "yogurt", "fresa"}),
        ("strawberries", {"erdbeer"}),
        ("te", {"tea"}),
        ("قهوه", {"coffee", "kaffee"}),
    ],
)
def test_a_thing_is_known_in_other_languages(token, elsewhere):
    """A compound is two things; a short stem is a whole word."""
    assert elsewhere <= set(called(token))


@pytest.mark.parametrize("token", ["teller", "montebruno", "hammer", "einerlei", ""])
def test_a_word_that_only_begins_alike_is_no_thing_of_a_short_name(token):
    """ "tea", "ham" and "ei" are whole words: a plate is no tea, a hammer no ham."""
    assert not set(called(token)) & {"tea", "ham", "egg"}


def test_things_are_said_in_more_than_one_way():
    """Every line of the table says one thing at least twice, and the four languages are all there."""
    assert all(len(stems) > 1 for stems in things())
    assert len(BOOKS) == 4
    assert sum(any(letter > "\u0600" for letter in "".join(stems)) for stems in things()) > 60
