"""The index of words: misspelt, cut short, in another language, always the same answer."""

import random

import pytest
from hypothesis import given, settings, strategies as st

from staff_help.word_index import LEAST, WordIndex, distance, groups, likeness

SHELF = {
    "straw": ("Solenne Yogurt Strawberry", "500 g"),
    "vanilla": ("Solenne Yogurt Vanilla", "500 g"),
    "coffee": ("Montebruno Espresso", "coffee", "1 kg"),
    "cheese": ("Bergkäse", "200 g"),
    "bread": ("Fjordkorn Knäckebrot", "crispbread"),
}
INDEX = WordIndex(SHELF.items())


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("joghurt erdbeer", "straw"),
        ("erdbeerjoghurt", "straw"),
        ("yogrt strawbery", "straw"),
        ("strabwerry", "straw"),
        ("jogurt erbeer", "straw"),
        ("yogur de fresas", "straw"),
        ("llogur frsea", "straw"),
        ("زبادي الفراولة", "straw"),
        ("زبدي فراوله", "straw"),
        ("vainila", "vanilla"),
        ("فانيليا", "vanilla"),
        ("kafee", "coffee"),
        ("cafe", "coffee"),
        ("espreso", "coffee"),
        ("montebr", "coffee"),
        ("BERGKAESE", "cheese"),
        ("queso", "cheese"),
        ("knackebrot", "bread"),
        ("crisp", "bread"),
    ],
)
def test_what_a_cashier_types_finds_what_is_meant(query, first):
    """English, German, Spanish and Arabic, misspelt, folded, or half typed."""
    assert INDEX.find(query, 5)[0].key == first


@pytest.mark.parametrize("query", ["", "   ", "qqqq", "!!!", "zebra", "999"])
def test_what_is_not_there_is_not_found(query):
    """Nothing is better than something else."""
    assert INDEX.find(query, 5) == []


def test_more_words_go_before_better_words():
    """A product that has both words stands before one that has the rarer of them alone."""
    hits = INDEX.find("solenne strawberry", 5)
    assert [(hit.key, hit.matched) for hit in hits] == [("straw", 2), ("vanilla", 1)]


def test_the_same_index_and_query_give_the_same_answer():
    """Equals stand in the order in which they were put in."""
    twins = WordIndex((name, ("Twin yogurt",)) for name in "badc")
    assert [hit.key for hit in twins.find("twin", 4)] == list("badc")


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("yogurt", "yogurt", 0),
        ("yogrt", "yogurt", 1),
        ("yougrt", "yogurt", 1),
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abcdef", "ghijkl", 4),
    ],
)
def test_the_distance_of_two_words(one, other, steps):
    """Changes, gaps, letters too many, neighbours swapped; past the most it is the most and one."""
    assert distance(one, other, 3) == distance(other, one, 3) == min(steps, 4)


WORDS = st.text("abcde", max_size=7)


def plain(one: str, other: str) -> int:
    """The restricted Damerau-Levenshtein distance straight from its recurrence."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        plain(one[1:], other) + 1,
        plain(one, other[1:]) + 1,
        plain(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 < len(other) and one[0] == other[1] and one[1] == other[0]:
        ways.append(plain(one[2:], other[2:]) + 1)
    return min(ways)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
@settings(max_examples=100, deadline=None)
def test_the_distance_is_that_of_its_definition(one, other):
    """The table gives what the recurrence gives."""
    assert distance(one, other, 10) == plain(one, other)


@given(WORDS)
@settings(max_examples=100, deadline=None)
def test_a_word_is_like_itself_most(word):
    """1.0 is the same word, and the groups of a word are there."""
    assert likeness(word, word) == 1.0
    assert len(groups(word)) <= len(word) + 1


@pytest.mark.parametrize(("one", "other"), [("500", "501"), ("250", "25"), ("tea", "sea")])
def test_numbers_and_short_words_are_never_misspelt(one, other):
    """500 g is not 501 g."""
    assert likeness(one, other) < LEAST


def test_a_shop_of_many_words_stays_small():
    """The index holds each word once: twice the products of the same words cost two numbers each."""
    dice = random.Random(5)
    names = ["".join(dice.choice("abcdefgh") for _ in range(6)) for _ in range(300)]
    once = WordIndex((str(n), (dice.choice(names), dice.choice(names))) for n in range(500))
    twice = WordIndex((str(n), (dice.choice(names), dice.choice(names))) for n in range(1000))
    assert len(once._words) <= 300 >= len(twice._words)
    assert sum(map(len, twice._holding)) <= 2 * 1000
