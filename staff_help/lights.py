"""The three lights with words: printer, headquarters, and how old the offers are. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from offers.model import Language
from offers.speech import speech
from staff_help.lane_state import Light
from staff_help.words import said, said_counted

STALE_AFTER = timedelta(days=2)  # headquarters builds a generation every night
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
TROUBLES = frozenset({"paper out", "cover open", "cutter error", "error", "offline"})


def no_printer(tongue: Language) -> Light:
    """Say that a lane has none."""
    return Light("off", said(tongue, "printer_none"))


def printer_light(
    what: str, since: datetime, now: datetime, tongue: Language, paper_low: bool = False
) -> Light:
    """Say how the printer is. `what` is a state of `printer.link`."""
    if what in TROUBLES:
        trouble = said(tongue, f"what_{what.replace(' ', '_')}")
        return Light("bad", said(tongue, "printer_bad", what=trouble, age=age(now - since, tongue)))
    if paper_low:
        return Light("watch", said(tongue, "printer_low"))
    return Light("good", said(tongue, "printer_ready" if what == "ok" else "printer_silent"))


def no_hq(tongue: Language) -> Light:
    """Say that a lane works alone."""
    return Light("off", said(tongue, "hq_none"))


def hq_light(up: bool, since: datetime, outbox: int, now: datetime, tongue: Language) -> Light:
    """Say how the link to headquarters is, and how many rows wait for it."""
    rows = speech(tongue, "").number(outbox)
    if not up:
        return Light("watch", said(tongue, "hq_down", age=age(now - since, tongue), n=rows))
    return Light("good", said(tongue, "hq_waiting", n=rows) if outbox else said(tongue, "hq_up"))


def cache_light(
    generation: str, built_at: datetime, now: datetime, trusted: bool, tongue: Language
) -> Light:
    """Say how old the offers are, and whether the clock can be believed."""
    if not trusted:
        return Light("bad", said(tongue, "clock_wrong"))
    if not generation:
        return Light("bad", said(tongue, "cache_none"))
    old = now - built_at > STALE_AFTER
    words = said(tongue, "cache_age", age=age(now - built_at, tongue))
    return Light("watch" if old else "good", words)


def age(span: timedelta, tongue: Language) -> str:
    """Say a time span in its largest whole unit."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size in UNITS:
        if seconds >= size:
            return said_counted(tongue, f"age_{unit}", seconds // size)
    return said_counted(tongue, "age_second", seconds)
