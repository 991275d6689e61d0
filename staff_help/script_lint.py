"""Which dispute scripts are good: the named rules, and the one loop that asks them all. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from offers.catalogue import CATALOGUE
from offers.model import Language, Texts
from offers.reasons import Reason
from staff_help.goodwill import NEVER
from staff_help.script import ALWAYS, WORDS_IN, Choice, Script, When

Path = tuple[str | int, ...]
TEXT_MOST = 240  # characters: four lines of the smallest screen
MARKUP = re.compile(r"[<>&\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BRACES = re.compile(r"\{([^{}]*)\}")
EVIDENCE = frozenset(key for entry in CATALOGUE.values() for key in entry.evidence)


class ScriptFault(NamedTuple):
    """One thing that is wrong: the key path in the file, what, and what to do."""

    path: Path
    what: str
    do: str


Found = Iterator[ScriptFault]
Rule = Callable[[Script], Found]


def faults(script: Script, languages: Collection[Language] = ()) -> list[ScriptFault]:
    """List everything that is wrong with a script; every text must be there in these languages."""
    found = [fault for rule in RULES for fault in rule(script)]
    return [*found, *_languages(script, languages)]


def ends(script: Script) -> Found:
    """A choice leads to a step that there is, or ends; never both."""
    for at, begin in enumerate(script.begin):
        if begin.to not in script.step:
            yield _no_step(("begin", at, "to"), begin.to, script)
    for path, choice in _choices(script):
        if choice.to and choice.to not in script.step:
            yield _no_step((*path, "to"), choice.to, script)
        if bool(choice.to) == (choice.ends is not None):
            what = "a choice either leads to a step or ends the dispute"
            yield ScriptFault((*path, "id"), what, "give it one of `to` and `ends`")


def beginnings(script: Script) -> Found:
    """There is a beginning for every case: the last one has no condition, the others have."""
    if not script.begin:
        yield ScriptFault(("begin",), "the script has no beginning", "add [[begin]] with `to`")
        return
    if script.begin[-1].when != ALWAYS:
        at = ("begin", len(script.begin) - 1, "when")
        yield ScriptFault(at, "a case may find no beginning", "add a last one without `when`")
    for place, begin in enumerate(script.begin[:-1]):
        if begin.when == ALWAYS:
            what = "no beginning behind this one is ever reached"
            yield ScriptFault(("begin", place), what, "give it a `when`, or put it last")


def choices(script: Script) -> Found:
    """Each step has choices, each with an id of its own."""
    for name, step in script.step.items():
        if not step.choice:
            yield ScriptFault(("step", name), "the step has no choice", "add [[step.NAME.choice]]")
        seen: set[str] = set()
        for at, choice in enumerate(step.choice):
            if choice.id in seen:
                path = ("step", name, "choice", at, "id")
                yield ScriptFault(path, f"{choice.id!r} stands twice", "give one another id")
            seen.add(choice.id)


def reached(script: Script) -> Found:
    """Some case leads to every step."""
    todo = [begin.to for begin in script.begin]
    known: set[str] = set()
    while todo:
        name = todo.pop()
        if name in script.step and name not in known:
            known.add(name)
            todo += [choice.to for choice in script.step[name].choice if choice.to]
    for name in script.step:
        if name not in known:
            do = "lead to it by `to`, or take it out"
            yield ScriptFault(("step", name), f"nothing leads to the step {name!r}", do)


def circles(script: Script) -> Found:
    """No way leads back to where it was."""
    for path, choice in _choices(script):
        if choice.to in script.step and str(path[1]) in _behind(script, choice.to):
            what = f"the way goes round: {choice.to!r} leads back to {path[1]!r}"
            yield ScriptFault((*path, "to"), what, "let it end, or lead to a step of its own")


def way_out(script: Script) -> Found:
    """Every step can be left by words or by headquarters, whoever stands there and whatever is down."""
    for name in script.step:
        if not _leads_out(script, name, frozenset()):
            what = f"the step {name!r} may have no way out"
            do = 'add a choice without `when` that ends "explained" or "escalated"'
            yield ScriptFault(("step", name), what, do)


def two_taps(script: Script) -> Found:
    """The step of each beginning can end the dispute by itself: one tap opens it, one settles it."""
    for at, begin in enumerate(script.begin):
        step = script.step.get(begin.to)
        if step is not None and not any(_certain(one) for one in step.choice):
            what = f"{begin.to!r} cannot settle it at once: that is more than two taps"
            do = 'give it a choice without `when` that ends "explained" or "escalated"'
            yield ScriptFault(("begin", at, "to"), what, do)


def conditions(script: Script) -> Found:
    """A condition asks for evidence that its reasons have, and for an amount that there is."""
    places: list[tuple[Path, When]] = [
        (("begin", at, "when"), begin.when) for at, begin in enumerate(script.begin)
    ]
    places += [((*path, "when"), choice.when) for path, choice in _choices(script)]
    for path, when in places:
        known = _evidence(when.reasons)
        for key in when.evidence:
            if key not in known:
                do = f"name one of {', '.join(sorted(known)) or 'another reason'}"
                what = f"no verdict of these reasons has the evidence {key!r}"
                yield ScriptFault((*path, "evidence", key), what, do)
        least, most = when.least_minor, when.most_minor
        if least is not None and most is not None and least > most:
            what = f"no amount is at least {least} and at most {most}"
            yield ScriptFault((*path, "least_minor"), what, "swap them")


def gifts(script: Script) -> Found:
    """Goodwill is not offered where all cases that lead to it are never bought off."""
    for at, begin in enumerate(script.begin):
        reasons = set(begin.when.reasons)
        if not reasons or not reasons <= NEVER:
            continue
        for name in {begin.to} | _behind(script, begin.to):
            for place, choice in enumerate(script.step[name].choice if name in script.step else ()):
                if choice.ends == "goodwill" and not _other_way(script, name, at):
                    what = "goodwill is never given for these reasons"
                    path = ("step", name, "choice", place, "ends")
                    yield ScriptFault(path, what, 'end it "explained" or "escalated"')


def texts(script: Script) -> Found:
    """A text is plain, short, and names nothing in braces but what there is."""
    for path, words in _texts(script):
        for language, text in words.items():
            place = (*path, language)
            if not text.strip() or len(text) > TEXT_MOST:
                what = f"a text has 1 to {TEXT_MOST} characters, this one {len(text)}"
                yield ScriptFault(place, what, "say it shorter")
            if bad := MARKUP.search(text):
                what = f"{bad[0]!r} is no part of a sentence"
                yield ScriptFault(
                    place, what, "write plain words: no markup, no control characters"
                )
            for name in BRACES.findall(text):
                if name not in WORDS_IN:
                    do = f"name one of {', '.join(WORDS_IN)}"
                    yield ScriptFault(place, f"nothing is called {{{name}}}", do)


RULES: tuple[Rule, ...] = (
    ends,
    beginnings,
    choices,
    reached,
    circles,
    way_out,
    two_taps,
    conditions,
    gifts,
    texts,
)


def _languages(script: Script, languages: Collection[Language]) -> Found:
    for path, words in _texts(script):
        for language in sorted(set(languages) - words.keys()):
            what = f"no text in {language!r}"
            yield ScriptFault(path, what, "word it in each language of the stores")


def _texts(script: Script) -> Iterator[tuple[Path, Texts]]:
    yield ("title",), script.title
    for name, step in script.step.items():
        yield ("step", name, "say"), step.say
    for path, choice in _choices(script):
        for key, words in (("label", choice.label), ("say", choice.say)):
            if words:
                yield (*path, key), words


def _choices(script: Script) -> Iterator[tuple[Path, Choice]]:
    for name, step in script.step.items():
        for at, choice in enumerate(step.choice):
            yield ("step", name, "choice", at), choice


def _behind(script: Script, name: str) -> set[str]:
    """Give every step that a step leads to, on whatever way."""
    found: set[str] = set()
    todo = [name]
    while todo:
        step = script.step.get(todo.pop())
        fresh = {one.to for one in step.choice if one.to} - found if step is not None else set()
        found |= fresh
        todo += sorted(fresh)
    return found | {name}


def _leads_out(script: Script, name: str, seen: frozenset[str]) -> bool:
    step = script.step.get(name)
    if step is None or name in seen:
        return False
    return any(
        _certain(one)
        or (one.when == ALWAYS and bool(one.to) and _leads_out(script, one.to, seen | {name}))
        for one in step.choice
    )


def _certain(choice: Choice) -> bool:
    return choice.when == ALWAYS and choice.ends in ("explained", "escalated")


def _evidence(reasons: Collection[Reason]) -> frozenset[str]:
    if not reasons:
        return EVIDENCE
    return frozenset(key for reason in reasons for key in CATALOGUE[reason].evidence)


def _other_way(script: Script, name: str, at: int) -> bool:
    """Tell whether another beginning leads to a step, too."""
    others = (begin.to for place, begin in enumerate(script.begin) if place != at)
    return any(name in _behind(script, other) for other in others)


def _no_step(path: Path, name: str, script: Script) -> ScriptFault:
    known = ", ".join(sorted(script.step)) or "none"
    return ScriptFault(path, f"there is no step {name!r}", f"name one of {known}")
