"""Which offers are disputed, why and how often; what is flagged, what is halted; open tickets.

A sale counts for an offer where its coupon was claimed, it was redeemed, or it was disputed. What a
printer, a link or a thief did says nothing of an offer's wording: only disputes about its rule and
words count towards the limits, and only those since the version in force was published.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from ground.complaints import Complaint
from hq.authoring import DisputeRules
from hq.statements import Statements
from hq.store import HqStore
from offers.model import OfferId
from offers.records import Row
from sync.messages import Recalls

Line = dict[str, Any]
PER = 1000
# the scripts that are about what the offer says, and not about machines, safety or fraud
WORDING = (
    "wrong_variant",
    "wrong_size",
    "quantity",
    "expired",
    "not_my_card",
    "promised_by_email",
    "other_offer_used_it",
    "staff_said_so",
    "phone_unknown",
    "shelf_price",
    "two_for_one",
    "cap_reached",
)

_SCRIPTS = ", ".join(f"'{one}'" for one in WORDING)
_SHOWN = """
  SELECT json_extract(body, '$.offer_id') AS offer_id, store, lane, epoch,
    json_extract(body, '$.uid') AS uid FROM rows WHERE kind IN ('claiming', 'settled') AND at >= :since
  UNION SELECT offer_id, store, lane, epoch, uid FROM redemptions WHERE at >= :since
"""
_BY_OFFER = f"""
WITH shown AS ({_SHOWN}),
  shows AS (SELECT offer_id, count(*) AS n FROM shown GROUP BY 1),
  used AS (SELECT offer_id, count(*) AS n FROM redemptions WHERE at >= :since GROUP BY 1)
SELECT d.offer_id, d.reason, max(d.script) AS script, count(*) AS disputes,
  count(*) FILTER (WHERE d.outcome = 'explained') AS explained,
  count(*) FILTER (WHERE d.outcome = 'goodwill') AS goodwill,
  count(*) FILTER (WHERE d.outcome = 'reissued') AS reissued,
  count(*) FILTER (WHERE d.outcome = 'escalated') AS escalated,
  sum(CASE WHEN d.voided = 1 THEN 0 ELSE d.amount_minor END) AS goodwill_minor,
  coalesce((SELECT n FROM shows s WHERE s.offer_id = d.offer_id), 0) AS shown,
  coalesce((SELECT n FROM used u WHERE u.offer_id = d.offer_id), 0) AS redeemed
FROM disputes d WHERE d.at >= :since GROUP BY 1, 2 ORDER BY disputes DESC, 1, 2
"""  # noqa: S608 - our own words
_COUNTED = f"""
WITH shown AS ({_SHOWN})
SELECT
  (SELECT count(*) FROM shown WHERE offer_id = :offer),
  (SELECT count(*) FROM disputes WHERE at >= :since AND offer_id = :offer
     AND script IN ({_SCRIPTS}))
"""  # noqa: S608 - our own words
_SINCE = "SELECT at FROM offer_history WHERE offer_id = ? AND version = ?"
ALWAYS = ""


class Rate(NamedTuple):
    """How an offer's version in force stands: sales that showed it, and disputes about its wording."""

    offer_id: OfferId
    version: int
    shown: int
    disputes: int

    @property
    def per_1000(self) -> int:
        """Give the disputes of 1,000 sales, rounded up: a limit is passed as soon as it is."""
        return -(-self.disputes * PER // self.shown) if self.shown else 0


def by_offer(store: HqStore, since: datetime | None) -> list[Line]:
    """List offers and reasons, the most disputed first, with rates and what was done about it."""
    at = since.isoformat() if since is not None else ALWAYS
    lines = _lines(store.conn, _BY_OFFER, {"since": at})
    rules = store.document("disputes", DisputeRules) or DisputeRules()
    states = {rate.offer_id: _state(store, rate, rules) for rate in rates(store)}
    for line in lines:
        line["per_1000_shown"] = _per(line["disputes"], line["shown"])
        line["per_1000_redeemed"] = _per(line["disputes"], line["redeemed"])
        line["state"] = states.get(line["offer_id"], "")
    return lines


def each(store: HqStore, since: datetime | None) -> list[Line]:
    """List every settled dispute, oldest first."""
    at = since.isoformat() if since is not None else ALWAYS
    query = "SELECT * FROM disputes WHERE at >= :since ORDER BY at, store, lane, seq"
    return _lines(store.conn, query, {"since": at})


def tickets(store: HqStore) -> list[Line]:
    """List the tickets that wait for headquarters, oldest first."""
    query = (
        "SELECT * FROM disputes WHERE ticket <> '' AND ticket NOT IN"
        " (SELECT ticket FROM closed_tickets) ORDER BY at, store, lane, seq"
    )
    return _lines(store.conn, query, {})


def close(store: HqStore, ticket: str, note: str, now: datetime) -> None:
    """Close a ticket; closed once more it stays as it was.

    Raises:
        Complaint: no lane wrote such a ticket.
    """
    query = "SELECT 1 FROM disputes WHERE ticket = ?"
    if store.conn.execute(query, (ticket,)).fetchone() is None:
        raise Complaint(
            f"there is no ticket {ticket!r}", "list them: tillside-hq disputes --tickets"
        )
    with store.change():
        row = (ticket, now.isoformat(), note)
        store.conn.execute(
            "INSERT INTO closed_tickets VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row
        )


def rates(store: HqStore, offers: Iterable[OfferId] | None = None) -> list[Rate]:
    """Count for the offers in force that were disputed, or only those named, since their version."""
    disputed = {row[0] for row in store.conn.execute("SELECT DISTINCT offer_id FROM disputes")}
    wanted = disputed if offers is None else disputed & set(offers)
    bank = store.offers()
    return [_rate(store, one, bank[one].version) for one in sorted(wanted & bank.keys())]


def _rate(store: HqStore, offer_id: OfferId, version: int) -> Rate:
    found = store.conn.execute(_SINCE, (offer_id, version)).fetchone()
    values = {"since": found[0] if found else ALWAYS, "offer": offer_id}
    shown, disputes = store.conn.execute(_COUNTED, values).fetchone()
    return Rate(offer_id, version, shown, disputes)


def is_over(rate: Rate, limit: int, rules: DisputeRules) -> bool:
    """Tell whether an offer is disputed more often than a limit of 1,000; 0 is no limit."""
    enough = limit > 0 and rate.shown >= rules.least_shown
    return enough and rate.disputes * PER > limit * rate.shown


def halt(store: HqStore, offers: Iterable[OfferId], now: datetime) -> list[Rate]:
    """Switch off what is disputed too often, in every store; a piece of the caller's transaction.

    A version is halted once: who lifts the halt (`tillside-hq recall --lift`) has decided.
    """
    rules = store.document("disputes", DisputeRules) or DisputeRules()
    if not rules.halt_per_1000:
        return []
    done = []
    for rate in rates(store, offers):
        if is_over(rate, rules.halt_per_1000, rules) and not _was_halted(store, rate):
            row = (rate.offer_id, rate.version, now.isoformat(), rate.disputes, rate.shown)
            store.conn.execute("INSERT INTO halts VALUES (?, ?, ?, ?, ?)", row)
            _switch_off(store, rate.offer_id, now)
            done.append(rate)
    return done


def disputed(rows: Iterable[Row]) -> set[OfferId]:
    """Name the offers that rows settle disputes about; what cannot be read names none."""
    found = set()
    for row in rows:
        if row.kind == "settled":
            with suppress(msgspec.MsgspecError, UnicodeDecodeError):
                found.add(msgspec.json.decode(row.body, type=_About).offer_id)
    return found


class _About(Struct):
    offer_id: OfferId


def _switch_off(store: HqStore, offer_id: OfferId, now: datetime) -> None:
    for row in store.stores():
        old = store.recalls(row.store)
        if offer_id not in old.offers:
            offers = tuple(sorted({*old.offers, offer_id}))
            store.put_recalls(Recalls(row.store, old.rev + 1, old.gtins, offers, now), now)


def _state(store: HqStore, rate: Rate, rules: DisputeRules) -> str:
    killed = {offer for row in store.stores() for offer in store.recalls(row.store).offers}
    if _was_halted(store, rate) and rate.offer_id in killed:
        return "halted"
    return "flagged" if is_over(rate, rules.flag_per_1000, rules) else ""


def _was_halted(store: HqStore, rate: Rate) -> bool:
    query = "SELECT 1 FROM halts WHERE offer_id = ? AND version = ?"
    return store.conn.execute(query, rate[:2]).fetchone() is not None


def _per(count: int, of: int) -> int | None:
    return round(count * PER / of) if of else None


def _lines(conn: Statements, query: str, values: dict[str, str]) -> list[Line]:
    found = conn.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]
