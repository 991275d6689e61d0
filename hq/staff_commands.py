"""The commands about people at the till: `disputes` and `pin`."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from contextlib import closing
from datetime import datetime

from ground.complaints import Complaint
from ground.key_files import KeyRing
from hq import disputes
from hq.reports import table
from hq.store import HqStore, open_store
from staff_help import pins

SUMMARY = "offer_id reason disputes explained goodwill reissued escalated goodwill_minor"
RATES = "shown redeemed per_1000_shown per_1000_redeemed state"
EACH = "at store lane offer_id reason script outcome amount_minor funder by approver ticket note"
TICKETS = "ticket at store lane offer_id reason script by note"


def list_disputes(given: argparse.Namespace, now: datetime) -> str:
    """List what is disputed, by offer and reason; each dispute; or tickets. Closes a ticket, too."""
    with closing(open_store(given.db)) as store:
        if given.close:
            disputes.close(store, given.close, given.note, now)
            return f"{given.close} is closed"
        lines, columns = _chosen(given, store)
    return json.dumps(lines, indent=1) if given.json else table(lines, columns.split())


def _chosen(given: argparse.Namespace, store: HqStore) -> tuple[list[disputes.Line], str]:
    if given.tickets:
        return disputes.tickets(store), TICKETS
    if given.each:
        return disputes.each(store, given.since), EACH
    return disputes.by_offer(store, given.since), f"{SUMMARY} {RATES}"


def hash_a_pin(given: argparse.Namespace, now: datetime) -> str:
    """Ask for a PIN twice, unseen, and give the line for staff.toml; the PIN itself goes nowhere.

    Raises:
        Complaint: it has no form of a PIN, is one that is tried first, or was mistyped.
    """
    del now
    _, pepper = KeyRing.load(given.keys).current("pin")
    pin = _typed("PIN: ")
    if not pins.is_pin(pin):
        raise Complaint("that is no PIN", "choose 6 to 12 digits")
    if pins.is_easy(pin):
        raise Complaint("that PIN is tried first", "choose digits that are no run and no repeat")
    if sys.stdin.isatty() and _typed("once more: ") != pin:
        raise Complaint("the two are not the same", "try again")
    return f'pin = "{pins.hash_pin(pin, pepper)}"'


def _typed(prompt: str) -> str:
    """Read one line, unseen where a person types it."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().strip()


RUN = {"disputes": list_disputes, "pin": hash_a_pin}
