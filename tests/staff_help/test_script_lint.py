"""What lint says of a dispute script: each fault by its key, and nothing of a good one."""

from __future__ import annotations

import pytest

from ground.strict_toml import parse_toml
from staff_help.script import Script, built_in
from staff_help.script_lint import faults
from tests.staff_help.test_script import TREE

LANGUAGES = ("en", "es", "de", "ar")


def found(old: str = "", new: str = "", languages=("en",)) -> list[tuple[str, str]]:
    """Spoil the tree, and give each fault as (key path, what)."""
    assert old in TREE
    script = parse_toml(TREE.replace(old, new, 1) if old else TREE, Script, "tree.toml")
    told = faults(script, languages)
    assert all(fault.do for fault in told)
    return [(".".join(map(str, fault.path)), fault.what) for fault in told]


def test_a_good_script_has_no_fault():
    """The tree of the engine's tests is good, whatever it branches on."""
    assert found() == []


@pytest.mark.parametrize("script", built_in().values(), ids=lambda script: script.script)
def test_the_built_in_scripts_are_good_in_four_languages(script):
    """No unreachable step, no missing language, always a way out, in two taps."""
    assert faults(script, LANGUAGES) == []


USED_TOLD = '[[step.used.choice]]\nid = "told"\nends = "explained"\n'


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ('to = "forged"', 'to = "forget"', "begin.0.to", "there is no step 'forget'"),
        ('id = "more"\nto = "often"', 'id = "more"\nto = "of"', "step.used.choice.1.to", "no step"),
        (
            'id = "more"\nto = "often"',
            'id = "more"',
            "step.used.choice.1.id",
            "either leads to a step or ends",
        ),
        (
            'id = "more"\nto = "often"',
            'id = "more"\nto = "often"\nends = "explained"',
            "step.used.choice.1.id",
            "either leads to a step or ends",
        ),
        (
            'to = "often"\nwhen = { evidence = { times = true, where = false } }',
            'to = "often"',
            "begin.1",
            "no beginning behind this one",
        ),
        (
            '[[begin]]\nto = "used"\n',
            '[[begin]]\nto = "used"\nwhen = { offline = true }\n',
            "begin.2.when",
            "a case may find no beginning",
        ),
        ('[[begin]]\nto = "used"\n', "", "step.used", "nothing leads to the step 'used'"),
        ('id = "again"', 'id = "gift"', "step.used.choice.5.id", "stands twice"),
        (
            'So often."\n\n[[step.often.choice]]\nid = "told"\nends = "explained"',
            'So often."\n\n[[step.often.choice]]\nid = "told"\nto = "used"',
            "step.often.choice.0.to",
            "the way goes round",
        ),
        (
            'id = "ask"\nends = "escalated"',
            'id = "ask"\nends = "escalated"\nwhen = { offline = false }',
            "step.forged",
            "may have no way out",
        ),
        (USED_TOLD, "", "begin.2.to", "more than two taps"),
        (
            "{ times = true, where = false }",
            "{ cap = true }",
            "",
            "",
        ),
        (
            "least_minor = 100, most_minor = 199",
            "least_minor = 200, most_minor = 199",
            "step.used.choice.4.when.least_minor",
            "no amount is at least 200",
        ),
        (
            'id = "ask"\nends = "escalated"',
            'id = "ask"\nends = "escalated"\n\n[[step.forged.choice]]\nid = "buy"\nends = "goodwill"',
            "step.forged.choice.1.ends",
            "never given",
        ),
        ("Was it you?", "Was it <b>you</b>?", "step.used.say.en", "'<' is no part"),
        ("Was it you?", "Was it \\u202Eyou?", "step.used.say.en", "is no part of a sentence"),
        ("Was it you?", "Was it {who}?", "step.used.say.en", "nothing is called {who}"),
        ("Was it you?", "a" * 241, "step.used.say.en", "this one 241"),
        ("Was it you?", "  ", "step.used.say.en", "a text has 1 to 240"),
    ],
)
def test_each_fault_is_named_by_its_key(old, new, path, words):
    """The key path leads to the line; what and do are said to a person."""
    if not path:
        assert found(old, new) == []
        return
    told = found(old, new)
    assert any(where == path and words in what for where, what in told), told


def test_evidence_is_that_of_the_reasons_named():
    """`times` belongs to ALREADY_REDEEMED, not to a forged serial; `shoes` to none."""
    spoilt = '{ reasons = ["SERIAL_FORGED"], evidence = { times = true } }'
    told = found('{ reasons = ["SERIAL_FORGED"] }', spoilt)
    assert [where for where, _ in told] == ["begin.0.when.evidence.times"]
    told = found("{ times = true, where = false }", "{ shoes = true }")
    assert [where for where, _ in told] == ["begin.1.when.evidence.shoes"]


def test_every_text_is_there_in_every_language():
    """Title and each step's words; a label only where it has one at all."""
    told = found(languages=("en", "de"))
    assert [where for where, _ in told] == [
        "title",
        *(f"step.{s}.say" for s in ("used", "often", "forged")),
    ]
    assert {what for _, what in told} == {"no text in 'de'"}
    told = found('id = "gift"', 'id = "gift"\nlabel.de = "Geben"', ("en",))
    assert told == [("step.used.choice.2.label", "no text in 'en'")]


def test_a_script_without_a_beginning_or_a_choice_is_no_script():
    """Both are said; lint itself never fails on what it looks at."""
    script = parse_toml(
        'script = "quantity"\nversion = 1\nbegin = []\n[title]\nen = "x"\n[step.a]\nsay.en = "y"\nchoice = []',
        Script,
        "empty.toml",
    )
    words = " ".join(fault.what for fault in faults(script))
    assert "no beginning" in words
    assert "has no choice" in words
    assert "nothing leads to" in words
