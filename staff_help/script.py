"""A dispute script: a decision tree as data, and the engine that walks it. Pure.

A script is one complaint of a shopper. It begins at the first beginning whose condition holds; each
step says something and offers choices; a choice leads to another step or ends the dispute. What may
not be given or printed again now is not offered. `staff_help.script_lint` says which trees are good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field, structs

from ground.strict_toml import parse_toml
from offers.catalogue import Script as Complaint
from offers.model import Minor, Texts, Value
from offers.reasons import Reason, Verdict
from staff_help.roles import Role, at_least

Ending = Literal["explained", "goodwill", "reissued", "escalated"]
StepName = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,31}$")]
WORDS_IN = ("title", "amount")  # what a text may name in braces
MOST_STEPS = 32  # of one walk; a tree without cycles is far shorter


class When(Value, frozen=True):
    """What must be so. Everything that is named must hold; nothing named always holds.

    `reasons` is any of these. `evidence` names keys of the verdict's evidence: true is "it is
    there", false "it is not", anything else is the value itself. `role` is that role or a higher one.
    `offline`: headquarters cannot be asked now. `presented`: a coupon was shown. `paid`: the sale
    is over. `least_minor` and `most_minor` are about the amount that would be given.
    """

    reasons: tuple[Reason, ...] = ()
    evidence: dict[str, bool | int | str] = field(default_factory=dict)
    role: Role | None = None
    offline: bool | None = None
    presented: bool | None = None
    paid: bool | None = None
    least_minor: Minor | None = None
    most_minor: Minor | None = None


ALWAYS = When()


class Choice(Value, frozen=True):
    """One button of a step: it leads on (`to`), or it ends the dispute (`ends`).

    Without a `label` or `say` the usual words of its kind stand there. `amount` says what goodwill
    proposes: what the offer promised, or the lane's usual amount.
    """

    id: StepName
    ends: Ending | None = None
    to: str = ""
    label: Texts = field(default_factory=dict)
    say: Texts = field(default_factory=dict)
    when: When = ALWAYS
    amount: Literal["promised", "usual"] = "promised"


class Step(Value, frozen=True):
    """What the cashier says after the verdict's own sentence, and what the shopper may answer."""

    say: Texts
    choice: tuple[Choice, ...]


class Begin(Value, frozen=True):
    """Where a dispute begins, if its condition holds; the first that does counts."""

    to: str
    when: When = ALWAYS


class Script(Value, frozen=True):
    """One complaint. `version` is counted up by who changes the text; each dispute's row has it."""

    script: Complaint
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    title: Texts
    begin: tuple[Begin, ...]
    step: dict[StepName, Step]


class Facts(Struct, frozen=True):
    """What conditions may look at beside the verdict. `amount_minor` is what would be given."""

    role: Role = "cashier"
    offline: bool = False
    presented: bool = False
    paid: bool = False
    amount_minor: int = 0
    may_give: bool = True  # goodwill is possible at all: not in training, not bought off by law
    may_reissue: bool = True  # there is a printer, and a coupon that could be printed again


class Asked(Struct, frozen=True):
    """Where a dispute stands: a step, and the choices that led there."""

    script: Script
    verdict: Verdict
    facts: Facts
    at: str
    path: tuple[str, ...] = ()

    @property
    def step(self) -> Step:
        """Give the step."""
        return self.script.step[self.at]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Give the choices that are open now, in their order."""
        return tuple(
            one
            for one in self.step.choice
            if holds(one.when, self.verdict, self.facts) and is_possible(one, self.facts)
        )


class Ended(Struct, frozen=True):
    """How a dispute is to end: the last choice, and the whole way."""

    script: Script
    choice: Choice
    path: tuple[str, ...]


class NoSuchChoiceError(LookupError):
    """The step has no such choice, or it is not open now."""


def start(script: Script, verdict: Verdict, facts: Facts) -> Asked:
    """Begin a dispute about a verdict."""
    found = (one.to for one in script.begin if holds(one.when, verdict, facts))
    return Asked(script, verdict, facts, next(found, script.begin[-1].to))


def answer(asked: Asked, choice: str) -> Asked | Ended:
    """Take a choice.

    Raises:
        NoSuchChoiceError: it is not open here and now.
    """
    taken = next((one for one in asked.choices if one.id == choice), None)
    if taken is None or len(asked.path) >= MOST_STEPS:
        raise NoSuchChoiceError(choice)
    path = (*asked.path, taken.id)
    if taken.ends is not None:
        return Ended(asked.script, taken, path)
    return structs.replace(asked, at=taken.to, path=path)


def walk(asked: Asked, path: tuple[str, ...]) -> Asked | Ended:
    """Take choices one after another.

    Raises:
        NoSuchChoiceError: one of them is not open, or comes after the end.
    """
    at: Asked | Ended = asked
    for choice in path:
        if isinstance(at, Ended):
            raise NoSuchChoiceError(choice)
        at = answer(at, choice)
    return at


def is_possible(choice: Choice, facts: Facts) -> bool:
    """Tell whether a choice can be carried out at all."""
    if choice.ends == "goodwill":
        return facts.may_give and facts.amount_minor > 0
    return choice.ends != "reissued" or facts.may_reissue


def holds(when: When, verdict: Verdict, facts: Facts) -> bool:
    """Tell whether a condition holds."""
    return (
        (not when.reasons or verdict.reason in when.reasons)
        and all(_has(verdict, key, wanted) for key, wanted in when.evidence.items())
        and (when.role is None or at_least(facts.role, when.role))
        and when.offline in (None, facts.offline)
        and when.presented in (None, facts.presented)
        and when.paid in (None, facts.paid)
        and (when.least_minor is None or facts.amount_minor >= when.least_minor)
        and (when.most_minor is None or facts.amount_minor <= when.most_minor)
    )


def _has(verdict: Verdict, key: str, wanted: bool | int | str) -> bool:
    if isinstance(wanted, bool):
        return (key in verdict.evidence) is wanted
    return verdict.evidence.get(key) == wanted


def filled(text: str, words: Mapping[str, str]) -> str:
    """Put values into a text; braces around anything else stay as they are."""
    for name in WORDS_IN:
        text = text.replace("{" + name + "}", words.get(name, ""))
    return text


encode = msgspec.json.Encoder(order="deterministic").encode


def fingerprint(script: Script) -> str:
    """Give the SHA-256 of a script's content, in hex."""
    return hashlib.sha256(encode(script)).hexdigest()


@lru_cache(1)
def built_in() -> dict[Complaint, Script]:
    """Read the scripts that come with the program, by complaint."""
    folder = files("staff_help").joinpath("scripts")
    texts = {p.name: p.read_text("utf-8") for p in folder.iterdir() if p.name.endswith(".toml")}
    found = (parse_toml(text, Script, name) for name, text in sorted(texts.items()))
    return {one.script: one for one in found}
