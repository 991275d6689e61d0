"""What stands above everything else on the page, while something is wrong with the lane itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from offers.model import Language
from staff_help.words import said

ASIDE_SHOWN = timedelta(days=1)  # every shift sees it
FORGOT_SHOWN = timedelta(minutes=15)
STEADY = timedelta(minutes=1)  # a link that holds so long has nobody who fights for its name
ASIDE = "aside"  # the journal's value: when, and the name of the file


def aside_value(at: datetime, file: str) -> str:
    """Write down that a damaged journal was set aside; kept in the one that follows it."""
    return f"{at.isoformat()} {file}"


def notices(
    aside: str | None,
    noted: Mapping[str, datetime],
    steady_since: datetime | None,
    now: datetime,
    tongue: Language,
) -> tuple[str, ...]:
    """Say what is wrong, the gravest first.

    Args:
        aside: what `aside_value` wrote, if anything.
        noted: when the link noted a code last.
        steady_since: when the link came up, None while it is down.
        now: the time.
        tongue: the page's language.
    """
    told: list[str] = []
    if aside is not None:
        at, _, file = aside.partition(" ")
        if now - datetime.fromisoformat(at) < ASIDE_SHOWN:
            told.append(said(tongue, "aside", file=file))
    steady = steady_since is not None and now - steady_since >= STEADY
    if "name_taken" in noted and not steady:
        told.append(said(tongue, "twin"))
    forgot = noted.get("broker_forgot")
    if forgot is not None and now - forgot < FORGOT_SHOWN:
        told.append(said(tongue, "forgot"))
    return tuple(told)
