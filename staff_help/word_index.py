"""Finds documents by words that may be misspelt, cut short, or of another language. Pure.

Each different word is kept once, under its groups of three letters; a query's word is compared only
with the words that share most groups with it. The same index and query give the same answer.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from itertools import chain
from math import log
from typing import NamedTuple

from staff_help.fold import tokens
from staff_help.shelf_words import called

COMPARED = 32  # words of the index that a word of the query is compared with
MOST_TOKENS = 8  # of one query
SLIPS = 4  # of a word's groups one in so many must be right
LEAST = 0.55  # a word less alike is another word
PART = 4  # letters that a part of a word must have to be taken for the word


class Hit(NamedTuple):
    """A document found: how many of the query's words are in it, and how well they fit."""

    key: str
    matched: int
    score: float


class WordIndex:
    """An index of documents, each a key and its texts; built once, then only read."""

    def __init__(self, documents: Iterable[tuple[str, Iterable[str]]]) -> None:
        self.keys: list[str] = []
        self._words: list[str] = []
        self._numbers: dict[str, int] = {}
        self._holding: list[array[int]] = []  # word -> documents
        self._groups: dict[str, array[int]] = {}  # three letters -> words
        self._elsewhere: dict[str, tuple[int, ...]] = {}  # word -> words of other languages
        for key, texts in documents:
            self._add(key, texts)
        self._elsewhere.clear()
        self._numbers.clear()

    def find(self, query: str, most: int) -> list[Hit]:
        """Give the documents that fit best, most words first, then best fit, then by their order."""
        wanted = list(dict.fromkeys(tokens(query)))[:MOST_TOKENS]
        matched: Counter[int] = Counter()
        scores: dict[int, float] = {}
        for token in wanted:
            for document, score in self._fitting(token).items():
                matched[document] += 1
                scores[document] = scores.get(document, 0.0) + score
        most_words = max(matched.values(), default=0)
        full = [it for it in scores if matched[it] == most_words]
        if len(full) < most:
            full = list(scores)
        best = nsmallest(most, [(-matched[it], -round(scores[it], 6), it) for it in full])
        return [Hit(self.keys[it], -words, -score) for words, score, it in best]

    def _add(self, key: str, texts: Iterable[str]) -> None:
        document = len(self.keys)
        self.keys.append(key)
        mine: dict[int, None] = {}
        for token in dict.fromkeys(it for text in texts for it in tokens(text)):
            mine[self._number(token)] = None
            mine |= dict.fromkeys(self._called(token))
        for number in mine:
            self._holding[number].append(document)

    def _number(self, token: str) -> int:
        number = self._numbers.get(token)
        if number is None:
            number = self._numbers[token] = len(self._words)
            self._words.append(token)
            self._holding.append(array("I"))
            for group in groups(token):
                self._groups.setdefault(group, array("I")).append(number)
        return number

    def _called(self, token: str) -> tuple[int, ...]:
        known = self._elsewhere.get(token)
        if known is None:
            known = tuple(self._number(stem) for stem in called(token))
            self._elsewhere[token] = known
        return known

    def _fitting(self, token: str) -> dict[int, float]:
        """Give the documents that hold a word like this one, by the best of their words."""
        found: dict[int, float] = {}
        for number, fits in self._alike(token):
            holding = self._holding[number]
            score = fits * log(2 + len(self.keys) / len(holding))
            for document in holding:
                if score > found.get(document, 0.0):
                    found[document] = score
        return found

    def _alike(self, token: str) -> list[tuple[int, float]]:
        wanted = groups(token)
        shared = Counter(
            chain.from_iterable(self._groups[it] for it in wanted if it in self._groups)
        )
        least = (len(wanted) + SLIPS) // SLIPS  # a letter that is wrong spoils three groups
        words = self._words
        ranked = [(-n, len(words[it]), it) for it, n in shared.items() if n >= least]
        near = nsmallest(COMPARED, ranked)
        exact = any(words[number] == token for _, _, number in near)  # then nothing is misspelt
        grade = alike if exact else likeness
        graded = ((number, grade(token, words[number])) for _, _, number in near)
        return [(number, fits) for number, fits in graded if fits >= LEAST]


def groups(token: str) -> frozenset[str]:
    """Give a word's groups of three letters, its two ends among them."""
    padded = f"  {token} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def likeness(asked: str, known: str) -> float:
    """Grade how well a word of the index fits one of a query, which may be misspelt."""
    return alike(asked, known) or _misspelt(asked, known)


def alike(asked: str, known: str) -> float:
    """Grade a word that is the same (1.0) or holds the other; 0.0 is neither."""
    if asked == known:
        return 1.0
    if asked.isdigit() or known.isdigit():
        return 0.0
    short, long = sorted((asked, known), key=len)
    if len(short) >= PART or (len(short) > 1 and long.startswith(asked)):
        if long.startswith(short):
            return 0.97 - 0.02 * min(len(long) - len(short), 8)
        if short in long:
            return 0.8
    return 0.0


def _misspelt(asked: str, known: str) -> float:
    if asked.isdigit() or known.isdigit():
        return 0.0
    allowed = 0 if len(asked) < PART else 1 if len(asked) < 6 else 2 if len(asked) < 10 else 3
    if not allowed:
        return 0.0
    whole = distance(asked, known, allowed)
    if whole <= allowed:
        return 0.92 - 0.1 * whole
    begun = distance(asked, known[: len(asked)], allowed) if len(known) > len(asked) else whole
    return 0.82 - 0.1 * begun if begun <= allowed else 0.0


def distance(one: str, other: str, most: int) -> int:
    """Count the letters to change, add, drop or swap with a neighbour; `most` + 1 where it is more.

    The restricted Damerau-Levenshtein distance: no letter is touched twice.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        if min(now) > most:
            return most + 1
        before, last = last, now
    return min(last[-1], most + 1)
