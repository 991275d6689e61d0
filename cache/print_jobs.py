"""For people: the print jobs of a journal, the newest first. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from cache.inspect import reading
from offers.model import OfferId
from offers.records import Issued, JobId, Printed


class PrintJob(Struct):
    """One job: which coupons, and how it ended; no result while nobody knows."""

    job: JobId
    at: datetime
    offers: tuple[OfferId, ...] = ()
    result: str = ""
    detail: str = ""
    plan: str = ""
    again_of: JobId | None = None


def print_jobs(journal: Path, limit: int) -> list[PrintJob]:
    """Read the last jobs.

    Raises:
        sqlite3.DatabaseError: the journal cannot be read.
    """
    jobs: dict[JobId, PrintJob] = {}
    for at, record in _rows(journal):
        job = jobs.setdefault(record.job, PrintJob(record.job, at))
        if isinstance(record, Issued):
            job.offers = (*job.offers, record.offer_id)
            continue
        job.result, job.detail, job.plan = record.result, record.detail, record.plan
        job.again_of = record.again_of
        first = jobs.get(record.again_of) if record.again_of is not None else None
        if first is not None:
            job.offers = first.offers
    return list(jobs.values())[::-1][:limit]


def _rows(journal: Path) -> Iterator[tuple[datetime, Issued | Printed]]:
    decode = msgspec.json.Decoder(Issued | Printed).decode
    with reading(journal) as db:
        found = db.execute(
            "SELECT at, body FROM row WHERE kind IN ('issued', 'printed') ORDER BY seq"
        )
        for at, body in found:
            yield datetime.fromisoformat(at), decode(body)
