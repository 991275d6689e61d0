"""Stories are read line by line; what is no step is refused with a hint."""

import pytest

from hardware_sim.scenario import (
    USAGES,
    ScenarioError,
    articles,
    fault_text,
    minor,
    read_scenario,
)
from hardware_sim.scenario_run import ACTS

STORY = """\
# A coupon printed on the first visit is redeemed on the second
time 2026-11-02T10:00:00Z
lane 1 printer tcp
shopper anna card 2900000000018   # her card
scan anna
basket 4006381333931 x 2 @ 1.99

tender
expect printed "20 % off # today"
"""


def test_a_story_is_read_with_its_line_numbers():
    """Comments and empty lines are no steps; a "#" in quotes is text."""
    steps = read_scenario(STORY)
    assert [step.line for step in steps] == [2, 3, 4, 5, 6, 8, 9]
    assert [step.action for step in steps] == [
        "set_time", "lane", "shopper", "scan", "basket", "tender", "expect_printed",
    ]  # fmt: skip
    assert steps[2].words == {"name": "anna", "kind": "card", "value": "2900000000018"}
    assert steps[-1].words == {"text": "20 % off # today"}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("tendre", "did you mean 'tender'?"),
        ('expct printed "x"', "did you mean 'expect'?"),
        ('expect pritned "x"', "did you mean 'printed'?"),
        ("expect discount 5", "expect discount AMOUNT"),
        ("advance 5 weeks", "advance NUMBER UNIT"),
        ("basket yogurt", "basket ARTICLES"),
        ("basket 4006381333931 x two", "is no article"),
        ("lane 1 printer usb", "lane NAME printer PORT"),
        ("time tomorrow", "time TIME"),
        ("fault printer paper-ot", "did you mean 'paper-out'?"),
        ("fault printer mute 3", "takes no number"),
        ("zzzz", "steps start with"),
    ],
)
def test_a_line_that_is_no_step_is_refused_with_a_hint(line, hint):
    """The error names the line's number and what could be meant."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(f"tender\n\n{line}\n")
    assert caught.value.line == 3
    assert hint in caught.value.what
    assert str(caught.value).startswith("line 3: ")


def test_articles_have_quantity_and_price():
    """Said, they count; unsaid, they are 1 and 1.00."""
    assert articles(1, "4006381333931 x 2 @ 1.99, 96385074") == [
        ("4006381333931", 2, 199),
        ("96385074", 1, 100),
    ]


def test_amounts_are_minor_units():
    """Two digits behind the point, as on a receipt."""
    assert [minor("0.00"), minor("12.05")] == [0, 1205]


def test_every_sentence_has_an_action():
    """What can be written can be done."""
    assert set(USAGES.values()) == set(ACTS)


def test_a_fault_of_the_printer_may_have_a_number():
    """It is written as the catalogue has it."""
    assert fault_text(read_scenario("fault printer paper-out 40")[0].words) == "paper-out=40"
    assert fault_text(read_scenario("fault printer mute")[0].words) == "mute"
