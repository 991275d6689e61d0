"""What headquarters knows, as rows for a table or for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hq.births import twin_at
from hq.store import HqStore
from sync.messages import Status

Line = dict[str, Any]


def lanes(store: HqStore, now: datetime) -> list[Line]:
    """List each lane: what it has, what it owes, and whether its rows are whole."""
    known = {(at, lane): found for at, lane, *found in store.conn.execute(
        "SELECT store, lane, status, received_at, skew_s FROM lanes"
    )}  # fmt: skip
    wanted = {row.store: row for row in store.stores()}
    names = {(row.store, lane) for row in wanted.values() for lane in row.lanes} | known.keys()
    return [_lane(store, name, known.get(name), now) for name in sorted(names)]


def _lane(store: HqStore, name: tuple[str, str], found: list[Any] | None, now: datetime) -> Line:
    line: Line = {"store": name[0], "lane": name[1], "online": False, "generation": ""}
    if found is not None:
        status = msgspec.json.decode(found[0], type=Status)
        line |= {
            "online": status.online,
            "generation": status.generation,
            "delta_rev": status.delta_rev,
            "recall_rev": status.recall_rev,
            "erased_rev": status.erased_rev,
            "outbox": status.outbox,
            "oldest_s": status.oldest_s,
            "seen_s": max(0, int((now - datetime.fromisoformat(found[1])).total_seconds())),
            "app": status.app,
            "schema": status.schema,
            "skew_s": found[2],
            "twin": twin_at(store.conn, *name) is not None,
        }
    for table in ("rows", "quarantine", "chain_breaks"):
        query = f"SELECT count(*) FROM {table} WHERE store = ? AND lane = ?"  # noqa: S608 - our words
        line[table] = store.conn.execute(query, name).fetchone()[0]
    return line


_REDEMPTIONS = """
WITH undone AS (
  SELECT store, lane, epoch, json_extract(body, '$.uid') AS uid, CAST(NULL AS TEXT) AS offer_id,
    CAST(NULL AS TEXT) AS serial, CAST(NULL AS INTEGER) AS amount_minor, 1 AS whole FROM rows WHERE kind = 'voided'
  UNION ALL SELECT NULL, NULL, NULL, uid, offer_id, serial, amount_minor, whole FROM reversals)
SELECT d.at, d.store, d.lane, d.epoch, d.seq, d.uid, d.business_date, d.offer_id, d.version,
  d.campaign_id, d.amount_minor, d.serial, d.shopper, d.provisional,
  EXISTS (SELECT 1 FROM duplicates x WHERE x.serial = d.serial AND x.epoch = d.claim_epoch
    AND x.attempt = d.claim_attempt AND x.used = 1) AS duplicate,
  EXISTS (SELECT 1 FROM undone u WHERE coalesce(u.epoch, d.epoch) = d.epoch
    AND u.uid = d.uid AND u.whole = 1 AND (u.offer_id IS NULL OR u.offer_id = d.offer_id)
    AND (u.serial IS NULL OR u.serial = d.serial)) AS reversed,
  coalesce((SELECT sum(u.amount_minor) FROM undone u WHERE coalesce(u.epoch, d.epoch) = d.epoch
    AND u.uid = d.uid AND u.offer_id = d.offer_id
    AND coalesce(u.serial, '') = coalesce(d.serial, '')), 0) AS reversed_minor
FROM redemptions d ORDER BY d.at, d.store, d.lane, d.seq
"""


def redemptions(store: HqStore) -> list[Line]:
    """List every redemption, oldest first, with what was reversed and which are second uses."""
    lines = _lines(store, _REDEMPTIONS)
    for line in lines:
        for flag in ("provisional", "duplicate", "reversed"):
            line[flag] = bool(line[flag])
    return lines


_WORDINGS = """
SELECT json_extract(body, '$.offer_id') AS offer_id,
  CAST(json_extract(body, '$.version') AS INTEGER) AS version,
  json_extract(body, '$.language') AS language, count(*) AS told,
  round(avg(CAST(json_extract(body, '$.clarity') AS INTEGER)), 1) AS clarity,
  count(*) FILTER (WHERE CAST(json_extract(body, '$.clarity') AS INTEGER) <= 2) AS unclear,
  group_concat(nullif(json_extract(body, '$.note'), ''), ' / ') AS notes
FROM rows WHERE kind = 'rated' GROUP BY 1, 2, 3 ORDER BY clarity, told DESC, 1, 2, 3
"""


def wordings(store: HqStore) -> list[Line]:
    """List how clear the cashiers find each offer's wording, the least clear first; 5 is quite clear."""
    return _lines(store, _WORDINGS)


def rows(store: HqStore, kind: str | None, limit: int) -> list[Line]:
    """List the newest collected rows, oldest first."""
    query = (
        "SELECT store, lane, epoch, seq, kind, at, received_at, hash_fits, body FROM rows"
        " WHERE kind = coalesce(?, kind) ORDER BY received_at DESC, seq DESC LIMIT ?"
    )
    return _lines(store, query, (kind, limit))[::-1]


def _lines(store: HqStore, query: str, values: Sequence[object] = ()) -> list[Line]:
    found = store.conn.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def table(lines: Iterable[Line], columns: Sequence[str]) -> str:
    """Lay lines out as a table with a heading; no lines give the heading alone."""
    cells = [list(columns)] + [[_cell(line.get(name)) for name in columns] for line in lines]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
