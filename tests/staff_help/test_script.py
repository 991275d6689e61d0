"""The engine of dispute scripts: where one begins, what it offers, how it ends."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings, strategies as st

from ground.strict_toml import TomlComplaint, parse_toml
from offers.catalogue import CATALOGUE, Script as Complaint
from offers.model import OfferId
from offers.reasons import Reason, Verdict
from staff_help.dispute_words import LABELS, LAST_WORDS, PAPER, REFUSALS
from staff_help.goodwill import NEVER, is_disputable
from staff_help.roles import ROLES
from staff_help.script import (
    Asked,
    Ended,
    Facts,
    NoSuchChoiceError,
    Script,
    answer,
    built_in,
    filled,
    fingerprint,
    start,
    walk,
)

OFFER = OfferId("O1")
TREE = """
script = "already_used"
version = 3

[title]
en = "I have not used it"

[[begin]]
to = "forged"
when = { reasons = ["SERIAL_FORGED"] }

[[begin]]
to = "often"
when = { evidence = { times = true, where = false } }

[[begin]]
to = "used"

[step.used.say]
en = "Was it you?"

[[step.used.choice]]
id = "told"
ends = "explained"

[[step.used.choice]]
id = "more"
to = "often"

[[step.used.choice]]
id = "gift"
ends = "goodwill"

[[step.used.choice]]
id = "boss"
ends = "escalated"
when = { role = "supervisor", paid = false, offline = true, presented = true }

[[step.used.choice]]
id = "small"
ends = "explained"
when = { least_minor = 100, most_minor = 199 }

[[step.used.choice]]
id = "again"
ends = "reissued"

[step.often.say]
en = "So often."

[[step.often.choice]]
id = "told"
ends = "explained"

[step.forged.say]
en = "Not ours."

[[step.forged.choice]]
id = "ask"
ends = "escalated"
"""
SCRIPT = parse_toml(TREE, Script, "tree.toml")


def verdict(reason: Reason = Reason.ALREADY_REDEEMED, **evidence: str | int) -> Verdict:
    return Verdict(OFFER, 1, "not_applied", reason, evidence)


def ids(asked: Asked) -> list[str]:
    return [choice.id for choice in asked.choices]


PLAIN = Facts(amount_minor=100)


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (verdict(), "used"),
        (verdict(Reason.SERIAL_FORGED, times=2), "forged"),
        (verdict(times=2), "often"),
        (verdict(times=2, where="s001/1"), "used"),
    ],
)
def test_the_first_beginning_that_holds_counts(found, step):
    """Reasons and evidence lead in: a key that must be there, one that must not."""
    assert start(SCRIPT, found, PLAIN).at == step


def test_a_value_of_the_evidence_can_be_asked_for():
    """`what` is one of a few words; another one, or none, is not it."""
    text = TREE.replace("{ times = true, where = false }", '{ where = "s001/2" }')
    script = parse_toml(text, Script, "tree.toml")
    assert start(script, verdict(where="s001/2"), PLAIN).at == "often"
    assert start(script, verdict(where="s001/1"), PLAIN).at == "used"
    assert start(script, verdict(), PLAIN).at == "used"


@pytest.mark.parametrize(
    ("facts", "open_ones"),
    [
        (PLAIN, ["told", "more", "gift", "small", "again"]),
        (Facts(amount_minor=99), ["told", "more", "gift", "again"]),
        (Facts(amount_minor=200), ["told", "more", "gift", "again"]),
        (Facts(amount_minor=0), ["told", "more", "again"]),
        (Facts(amount_minor=200, may_give=False), ["told", "more", "again"]),
        (Facts(may_reissue=False), ["told", "more"]),
        (
            Facts("manager", True, True, False, 0, False, False),
            ["told", "more", "boss"],
        ),
        (Facts("cashier", True, True, False, 0, False, False), ["told", "more"]),
        (Facts("manager", False, True, False, 0, False, False), ["told", "more"]),
        (Facts("manager", True, False, False, 0, False, False), ["told", "more"]),
        (Facts("manager", True, True, True, 0, False, False), ["told", "more"]),
    ],
)
def test_only_what_can_be_done_is_offered(facts, open_ones):
    """By role, link, coupon, state and amount; no gift and no paper where there can be none."""
    assert ids(start(SCRIPT, verdict(), facts)) == open_ones


def test_a_way_is_walked_and_ends():
    """The whole way stands in the end, by the choices' ids."""
    first = start(SCRIPT, verdict(), PLAIN)
    second = answer(first, "more")
    assert isinstance(second, Asked)
    assert (second.at, second.path) == ("often", ("more",))
    done = answer(second, "told")
    assert isinstance(done, Ended)
    assert (done.choice.ends, done.path) == ("explained", ("more", "told"))
    assert walk(first, ("more", "told")) == done


@pytest.mark.parametrize("path", [("nothing",), ("boss",), ("told", "told"), ("more", "gift")])
def test_a_choice_that_is_not_open_is_refused(path):
    """Unknown, closed to this role, behind the end, of another step."""
    with pytest.raises(NoSuchChoiceError):
        walk(start(SCRIPT, verdict(), PLAIN), path)


def test_only_known_names_in_braces_are_filled():
    """Whatever else stands in braces is text: no format language can be smuggled in."""
    told = filled("{title}: {amount}, {0.__class__} {x!r}", {"title": "Oat", "amount": "1.00"})
    assert told == "Oat: 1.00, {0.__class__} {x!r}"


def test_a_fingerprint_names_the_content():
    """The same content has the same one, another word another."""
    again = parse_toml("# a comment\n" + TREE, Script, "tree.toml")
    changed = parse_toml(TREE.replace("Was it you?", "Was it you"), Script, "tree.toml")
    assert fingerprint(again) == fingerprint(SCRIPT) != fingerprint(changed)
    assert len(fingerprint(SCRIPT)) == 64


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('reasons = ["SERIAL_FORGED"]', 'reasons = ["SERIAL_FAKED"]', "SERIAL_FORGED"),
        ('script = "already_used"', 'script = "no_such"', "script"),
        ('ends = "escalated"', 'ends = "lost"', "explained"),
        ("version = 3", "version = 0", "version"),
        ('to = "often"', 'goto = "often"', "goto"),
        ('role = "supervisor"', 'role = "boss"', "cashier"),
    ],
)
def test_a_script_is_read_strictly(old, new, words):
    """An unknown reason, complaint, ending, key or role is named when the file is read."""
    assert old in TREE
    with pytest.raises(TomlComplaint) as complaint:
        parse_toml(TREE.replace(old, new), Script, "tree.toml")
    assert words in f"{complaint.value.what} {complaint.value.do}"


# The built-in set.


def test_there_is_a_script_for_each_complaint():
    """Twenty complaints, and each reason's script is one of them."""
    assert set(built_in()) == set(get_args(Complaint))
    assert len(built_in()) == 20


def facts() -> st.SearchStrategy[Facts]:
    flags = st.booleans()
    return st.builds(
        Facts, st.sampled_from(ROLES), flags, flags, flags, st.integers(0, 5000), flags, flags
    )


def evidence(reason: Reason) -> st.SearchStrategy[dict[str, str | int]]:
    keys = CATALOGUE[reason].evidence
    some = st.one_of(st.integers(0, 9), st.sampled_from(["set", "stock", "panel", "s001/1"]))
    return st.dictionaries(st.sampled_from(keys), some) if keys else st.just({})


verdicts = st.sampled_from(sorted(Reason, key=lambda one: one.value)).flatmap(
    lambda reason: st.builds(
        Verdict,
        st.just(OFFER),
        st.just(1),
        st.sampled_from(["applied", "near_miss", "not_applied", "withheld"]),
        st.just(reason),
        evidence(reason),
    )
)


@given(verdicts, facts(), st.sampled_from(get_args(Complaint)))
@settings(max_examples=200, deadline=None)
def test_every_dispute_can_be_settled_in_two_taps(found, at_lane, other):
    """One opens it, one ends it in words or at headquarters: any verdict, anybody, whatever is down."""
    for complaint in (CATALOGUE[found.reason].script, other):
        asked = start(built_in()[complaint], found, at_lane)
        ended = [answer(asked, choice.id) for choice in asked.choices]
        assert any(isinstance(e, Ended) and e.choice.ends == "explained" for e in ended)
        assert any(isinstance(e, Ended) and e.choice.ends == "escalated" for e in ended)


@given(facts(), st.sampled_from(sorted(NEVER, key=lambda one: one.value)))
@settings(max_examples=100, deadline=None)
def test_no_script_offers_a_gift_for_what_is_never_bought_off(at_lane, reason):
    """Where the lane says that no gift is possible, none is a choice."""
    found = Verdict(OFFER, 1, "not_applied", reason)
    assert not is_disputable(found)
    closed = Facts(at_lane.role, at_lane.offline, may_give=False, amount_minor=100)
    for script in built_in().values():
        assert "goodwill" not in {c.ends for c in start(script, found, closed).choices}


def test_the_fixed_words_are_there_in_each_language():
    """Labels, last words, the paper and the refusals: the same keys, and the same braces."""
    for table in (LABELS, LAST_WORDS, REFUSALS):
        for language, words in table.items():
            assert words.keys() == table["en"].keys(), language
    for language in ("es", "de", "ar"):
        assert all(PAPER[language])
        for ending in ("goodwill", "escalated"):
            name = {"goodwill": "{amount}", "escalated": "{ticket}"}[ending]
            assert name in LAST_WORDS[language][ending]
        for code, (what, do) in REFUSALS["en"].items():
            assert ("{most}" in what + do) == ("{most}" in "".join(REFUSALS[language][code])), code


def test_a_long_walk_ends():
    """A path of a thousand choices is refused at its first wrong one, and no way is endless."""
    with pytest.raises(NoSuchChoiceError):
        walk(start(SCRIPT, verdict(), PLAIN), ("more", "told") * 500)
