"""The commands about single use: `arbiter`, `provisional`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from ground.complaints import Complaint
from hq.reconcile import Reconciler
from hq.reports import Line, table
from hq.seats import Seats, appoint
from hq.store import HqStore, open_store
from offers.model import StoreId
from sync.messages import Seat

COLUMNS = "at store lane serial value_minor outcome owner decided_at"
_CASES = """
SELECT at, store, lane, serial, epoch, attempt, value_minor, shopper, outcome, owner, decided_at,
  by_hand FROM provisionals WHERE outcome = coalesce(?, outcome) ORDER BY at, store, lane, attempt
"""

Run = Callable[[argparse.Namespace, datetime], str]  # what to print


def show_arbiter(given: argparse.Namespace, now: datetime) -> str:
    """Appoint a store's arbiter, or say who it is."""
    name = StoreId(given.store)
    with closing(open_store(given.db)) as store:
        store.store(name)
        if given.lane:
            lane = "" if given.lane == "hq" else given.lane
            return _words(appoint(store, name, lane, now), ())
        seats = Seats(store.conn)
        return _words(seats.of(name), seats.missing(name))


def list_provisional(given: argparse.Namespace, now: datetime) -> str:
    """List what was accepted unasked, or charge a second use to somebody."""
    with closing(open_store(given.db)) as store:
        if given.charge:
            return _charge(store, given, now)
        lines = cases(store, given.outcome)
    return json.dumps(lines, indent=1) if given.json else table(lines, COLUMNS.split())


def cases(store: HqStore, outcome: str | None = None) -> list[Line]:
    """List every use that was accepted without an answer, oldest first, and how it ended."""
    found = store.conn.execute(_CASES, (outcome,))
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _charge(store: HqStore, given: argparse.Namespace, now: datetime) -> str:
    if not given.to:
        raise Complaint("nobody is named who is charged", "add --to OWNER")
    with store.change():
        count = Reconciler(store.conn).charge(given.charge, given.to, now)
    if not count:
        raise Complaint(
            f"no second use of {given.charge} was honoured", "tillside-hq provisional lists them"
        )
    return f"{given.charge}: charged to {given.to}"


def _words(seat: Seat, missing: tuple[str, ...]) -> str:
    who = f"lane {seat.lane}" if seat.lane else "headquarters"
    waits = f"; waits for lane {', '.join(missing)}" if missing else ""
    return f"{seat.store}: {who} arbitrates, term {seat.term}{waits}"


RUN: dict[str, Run] = {"arbiter": show_arbiter, "provisional": list_provisional}
