"""The second half of `docs/sentences.md`: dispute scripts, and what the cashier's page says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from offers.model import Texts
from offers.money import SPOKEN
from staff_help.dispute_words import LABELS, LAST_WORDS, PAPER
from staff_help.script import Script, built_in
from staff_help.words import EVIDENCE, REFUSALS, SAID, WORDS

Told = str | Mapping[str, str] | tuple[str, ...]


def page_words() -> Iterator[str]:
    """Give the lines of every section."""
    yield "\n## Disputes\n"
    yield "The built-in scripts: how the shopper says it, what the cashier says at each step, and buttons of their own."
    yield "`{amount}`, `{ticket}` and the like are put in by the lane.\n"
    for script in built_in().values():
        yield f"### {script.script}\n"
        yield from _table(_script(script))
    yield "### What the scripts share\n"
    shared = [_row(f"button: {it}", [LABELS[code][it] for code in SPOKEN]) for it in LABELS["en"]]
    shared += [
        _row(f"then: {it}", [LAST_WORDS[code][it] for code in SPOKEN]) for it in LAST_WORDS["en"]
    ]
    shared += [_row("the small paper", [PAPER[code] for code in SPOKEN])]
    yield from _table(shared)
    books = {
        "The page's words": WORDS,
        "What the page says": SAID,
        "What evidence is called": EVIDENCE,
        "What is refused, and what to do": REFUSALS,
    }
    for heading, book in books.items():
        yield f"## {heading}\n"
        yield from _table([_row(key, [book[code][key] for code in SPOKEN]) for key in book["en"]])


def _script(script: Script) -> list[str]:
    rows = [_texts("the shopper", script.title)]
    for name, step in script.step.items():
        rows.append(_texts(name, step.say))
        for one in step.choice:
            own = {"": one.label, ", then": one.say}
            rows += [_texts(f"{name}: {one.id}{what}", it) for what, it in own.items() if it]
    return rows


def _texts(name: str, texts: Texts) -> str:
    return _row(name, [texts[code] for code in SPOKEN])


def _row(name: str, told: list[Told]) -> str:
    return f"| {name} | {' | '.join(_plain(one) for one in told)} |"


def _plain(told: Told) -> str:
    """Write what was told in one cell: the forms of a number, or what happened and what to do."""
    if isinstance(told, str):
        return told
    if isinstance(told, tuple):
        return " ".join(told)
    return "<br>".join(f"{form}: {text}" for form, text in told.items())


def _table(rows: list[str]) -> Iterator[str]:
    yield f"| | {' | '.join(SPOKEN)} |"
    yield f"|{'---|' * (len(SPOKEN) + 1)}"
    yield from rows
    yield ""
