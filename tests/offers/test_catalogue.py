"""The table of reasons is complete, and what is said and written goes by it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from offers.catalogue import CATALOGUE, VIEWERS, Script, may_see, rank
from offers.reasons import Reason
from offers.telling import ALWAYS, ASKED, CHOICES, FACTS
from offers.wordings import SENTENCES, fields
from tests.pages import rows_of, text_of

OFFERS = Path(__file__).parents[2] / "offers"


def test_every_reason_has_its_entry_in_the_order_of_the_enum():
    """One table, complete, with a rank for each."""
    assert list(CATALOGUE) == list(Reason)
    assert len({rank(reason) for reason in Reason}) == len(Reason)


def test_every_complaint_has_a_reason_that_leads_to_its_script():
    """The twenty commonest complaints; none without a way to it."""
    assert len(get_args(Script)) == 20
    assert {entry.script for entry in CATALOGUE.values()} == set(get_args(Script))


def test_who_sees_a_holdout():
    """Nobody at the till: headquarters alone."""
    assert [viewer for viewer in VIEWERS if may_see(Reason.HOLDOUT, viewer)] == ["headquarters"]
    assert [it for it in Reason if CATALOGUE[it].least == "headquarters"] == [Reason.HOLDOUT]


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.value)
def test_each_viewer_sees_what_the_one_before_sees(reason):
    """Seen once, seen by everyone above."""
    seen = [may_see(reason, viewer) for viewer in VIEWERS]
    assert seen == sorted(seen)
    assert seen[-1]


def test_what_must_not_be_sold_is_said_first_and_what_nobody_may_know_last():
    """The order at a till: danger, the coupon in hand, what is almost there, what applied, the rest."""
    order = sorted(Reason, key=rank)
    said = [Reason.RECALLED, Reason.ALREADY_REDEEMED, Reason.NEAR_MISS_QTY, Reason.APPLIED]
    said += [Reason.BETTER_OFFER_CHOSEN, Reason.EXPIRED, Reason.CAP_PERSON, Reason.HOLDOUT]
    assert [reason for reason in order if reason in said] == said
    assert order[-1] is Reason.HOLDOUT


def sources(name: str) -> set[str]:
    """Name the keys of the evidence from which a fact is told."""
    if name in ALWAYS:
        return set()
    return set(ASKED[name] if name in ASKED else FACTS[name][0])


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_every_fact_that_a_sentence_asks_for_is_in_the_reasons_evidence(language):
    """No wording waits for evidence that never comes."""
    for reason, wordings in SENTENCES[language].items():
        for words in wordings:
            for name in fields(words):
                known = set(CATALOGUE[reason].evidence) | {"points"}
                assert name in ALWAYS or sources(name) & known, (reason, name)


def test_every_fact_is_asked_for():
    """No fact is put in words that no language says."""
    said = {
        name
        for table in SENTENCES.values()
        for wordings in table.values()
        for words in wordings
        for name in fields(words)
    }
    assert said == {*ALWAYS, *ASKED, *FACTS}
    assert set(CHOICES) == {"what", "mode"}


def findings(tree: ast.AST):
    """Give each `found(Reason.X, key=...)` of a module: the reason's name and the keys."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "found":
            first = call.args[0]
            if isinstance(first, ast.Attribute) and getattr(first.value, "id", "") == "Reason":
                yield first.attr, [word.arg for word in call.keywords if word.arg]


def test_every_evidence_that_the_rules_give_is_in_the_catalogue():
    """A rule that adds a fact adds it to the table of reasons."""
    told = 0
    for path in OFFERS.glob("*.py"):
        for name, keys in findings(ast.parse(path.read_text(encoding="utf-8"))):
            missing = set(keys) - set(CATALOGUE[Reason[name]].evidence)
            assert not missing, (path.name, name, missing)
            told += 1
    assert told > 30


def test_the_docs_say_what_the_catalogue_says():
    """docs/reasons.md has severity, viewer, evidence and script of each reason, as the table has them."""
    rows = {row[0].strip("`"): row for row in rows_of(text_of("reasons.md")) if len(row) == 6}
    for reason, entry in CATALOGUE.items():
        _, meaning, severity, least, evidence, script = rows[reason.value]
        assert meaning.endswith(".")
        assert (severity, least, script.strip("`")) == (entry.severity, entry.least, entry.script)
        assert sorted(set(re.findall(r"`(\w+)`", evidence))) == list(entry.evidence), reason
