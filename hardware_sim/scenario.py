"""Scenarios: stories of a lane, one step a line. This file reads them; `scenario_run` plays them.

A line is a sentence from `FORMS`; "#" starts a comment. docs/simulator.md tells each sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from hardware_sim.printer_faults import FaultError, read_fault


class ScenarioError(Exception):
    """A line is no step. `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Step:
    """One line: its number, its text, what to do, and with what."""

    line: int
    text: str
    action: str
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence: how it is written, what it matches, what it does."""

    usage: str
    pattern: re.Pattern[str]
    action: str


TOKENS = {  # what a word in capitals stands for
    "TIME": r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z",
    "NUMBER": r"\d+(?:\.\d+)?",
    "COUNT": r"\d+",
    "UNIT": r"s|min|h|days?",
    "NAME": r"[A-Za-z0-9][\w.-]*",
    "TO": r"[A-Za-z0-9][\w.-]*",
    "PORT": r"tcp|pty",
    "MODEL": r"[a-z0-9-]+",
    "KIND": r"card|phone|app",
    "VALUE": r"\S+",
    "TEXT": r'"[^"]*"',
    "GTIN": r"\d{8,14}",
    "ARTICLES": r"\d{8,14}\b.*",
    "AMOUNT": r"\d+\.\d\d",
    "WORD": r"[a-z-]+",
    "OFFER": r"\S+",
    "REASON": r"[A-Z_]+",
    "REST": r".+",
}
USAGES = {  # how it is written -> what it does
    "time TIME": "set_time",
    "advance NUMBER UNIT": "advance",
    "lane NAME printer PORT": "lane",
    "lane NAME printer PORT MODEL": "lane",
    "at lane NAME": "at_lane",
    "kill lane NAME": "kill_lane",
    "restart lane NAME": "restart_lane",
    "shopper NAME KIND VALUE": "shopper",
    "scan garbage": "scan_garbage",
    "scan burst": "scan_burst",
    "scan TEXT": "scan_text",
    "scan coupon NAME": "scan",
    "scan NAME": "scan",
    "identify NAME": "identify",
    "training": "training",
    "basket ARTICLES": "basket",
    "basket again": "basket_again",
    "basket late": "basket_late",
    "remove GTIN": "remove",
    "present NAME": "present",
    "tender": "tender",
    "tender giving nothing": "tender_nothing",
    "tender giving AMOUNT": "tender",
    "void": "void",
    "suspend": "suspend",
    "resume": "resume",
    "return": "give_back",
    "return GTIN": "give_back",
    "keep coupon as NAME": "keep_coupon",
    "keep coupon COUNT as NAME": "keep_coupon",
    "hq REST": "hq",
    "fault printer WORD": "fault_printer",
    "fault printer WORD COUNT": "fault_printer",
    "fault scanner unplug": "fault_scanner",
    "fault link WORD": "fault_link",
    "fault link delay COUNT ms": "fault_link",
    "heal printer": "heal_printer",
    "heal link": "heal_link",
    "expect printed TEXT": "expect_printed",
    "expect not printed TEXT": "expect_not_printed",
    "expect slips COUNT": "expect_slips",
    "expect code TEXT": "expect_code",
    "expect discount AMOUNT": "expect_discount",
    "expect refund AMOUNT": "expect_refund",
    "expect verdict OFFER REASON": "expect_verdict",
    "expect sentence TEXT": "expect_sentence",
    "expect cue TEXT": "expect_cue",
    "expect shopper WORD": "expect_shopper",
    "expect answer COUNT": "expect_answer",
    "expect state WORD VALUE": "expect_state",
}
ARTICLE = re.compile(r"(?P<gtin>\d{8,14})(?: x (?P<quantity>\d+))?(?: @ (?P<price>\d+\.\d\d))?")


def _form(usage: str, action: str) -> Form:
    parts = []
    for word in usage.split(" "):
        known = TOKENS.get(word)
        parts.append(f"(?P<{word.lower()}>{known})" if known else re.escape(word))
    return Form(usage, re.compile(r" +".join(parts)), action)


FORMS = tuple(_form(usage, action) for usage, action in USAGES.items())
VERBS = sorted({usage.split(" ")[0] for usage in USAGES})


def read_scenario(text: str) -> tuple[Step, ...]:
    """Read a story.

    Raises:
        ScenarioError: the first line that is no step, with what could be meant.
    """
    lines = ((n, without_comment(raw)) for n, raw in enumerate(text.splitlines(), start=1))
    return tuple(read_step(number, line) for number, line in lines if line)


def without_comment(raw: str) -> str:
    """Take the comment and the blanks off a line; a "#" in quotes is text."""
    outside = re.match(r'(?:[^"#]|"[^"]*"|"(?=[^"]*$))*', raw)
    return outside.group(0).strip() if outside else ""


def read_step(number: int, line: str) -> Step:
    """Read one line.

    Raises:
        ScenarioError: it is no step.
    """
    for form in FORMS:
        if found := form.pattern.fullmatch(line):
            words = {name: value.strip('"') for name, value in found.groupdict().items()}
            _check(number, form.action, words)
            return Step(number, line, form.action, words)
    raise ScenarioError(number, _complaint(line))


def _check(number: int, action: str, words: dict[str, str]) -> None:
    """Refuse what fits its sentence and still cannot be done."""
    if action == "basket":
        articles(number, words["articles"])
    if action == "fault_printer":
        try:
            read_fault(fault_text(words))
        except FaultError as error:
            raise ScenarioError(number, str(error)) from error


def fault_text(words: dict[str, str]) -> str:
    """Write a printer's fault as the catalogue takes it."""
    return "=".join(filter(None, (words["word"], words.get("count"))))


def articles(number: int, text: str) -> list[tuple[str, int, int]]:
    """Read "GTIN x 2 @ 1.99, GTIN" as (GTIN, quantity, price in minor units); 1 and 1.00 unless said.

    Raises:
        ScenarioError: a part is no article.
    """
    found = []
    for part in text.split(","):
        match = ARTICLE.fullmatch(part.strip())
        if not match:
            raise ScenarioError(number, f"{part.strip()!r} is no article: write GTIN x 2 @ 1.99")
        price = match["price"] or "1.00"
        found.append((match["gtin"], int(match["quantity"] or 1), minor(price)))
    return found


def minor(amount: str) -> int:
    """Turn "1.99" into 199."""
    whole, cents = amount.split(".")
    return int(whole) * 100 + int(cents)


def _complaint(line: str) -> str:
    words = line.split()
    if words[0] not in VERBS:
        near = get_close_matches(words[0], VERBS, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"steps start with {', '.join(VERBS)}"
        return f"unknown word {words[0]!r}; {hint}"
    usages = [usage for usage in USAGES if usage.split(" ")[0] == words[0]]
    seconds = {u.split(" ")[1] for u in usages if len(u.split(" ")) > 1}
    plain = [word for word in seconds if word.islower()]
    near = get_close_matches(words[1], plain, n=1) if len(words) > 1 else []
    if near and near[0] != words[1]:
        return f"unknown word {words[1]!r} after {words[0]!r}; did you mean {near[0]!r}?"
    return f"cannot read {line!r}; write it as: {' | '.join(usages)}"
