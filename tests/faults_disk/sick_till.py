"""A till whose lane's disk falls ill in each of its calls, and gets well again before the next.

    python -m tests.faults_disk.sick_till DIRECTORY FAULT FIRST MANY

Each call is made while the disk is ill and, where it was refused, once more when it is well. What was
answered, and the rows that there are in the end, are printed as JSON. FAULT "none" is the same day
on a good disk.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from pathlib import Path
from typing import Any

import httpx
import msgspec

from agent.http_app import make_app
from agent.http_limits import Limits
from agent.http_server import serve
from agent.page_keys import PageKeys
from ground.clock import SystemClock
from tests.faults_disk.shim import arm
from tests.lane_shop import ANNA, COFFEE, COFFEE_GCN, TestLane, running_lane

TOKEN = "a token of these tests, as long as a real one"
PATIENT = Limits(basket_s=20, settle_s=20)
WELL = Path("/nowhere")
NAMES = re.compile(r"\b[0-9a-f]{32,64}\b")


def put(number: str, revision: int, **more: Any) -> tuple[str, str, Any]:
    """Send a basket with one coffee."""
    body = {"till": "t1", "number": number, "business_date": "2026-11-02", "revision": revision}
    line = {"line_id": "L1", "gtin": COFFEE, "quantity": 1, "amount_minor": 899}
    return "PUT", f"/v1/transactions/s{number}", body | {"currency": "EUR", "lines": [line]} | more


def day(shop: TestLane) -> list[tuple[str, str, Any]]:
    """Give a till's day: every call that writes."""
    card = {"identities": [{"kind": "card", "value": ANNA}]}
    first, second = (card | {"coupons": [shop.coupon(COFFEE_GCN, n)]} for n in (5, 6))
    given = [{"line_id": "L1", "offer_id": "coffee-1", "amount_minor": 100}]
    return [
        put("1", 1, **card),
        put("1", 2, **first),
        ("POST", "/v1/transactions/s1/tender", {"revision": 2, "given": given}),
        put("2", 1, **second),
        ("POST", "/v1/transactions/s2/suspend", None),
        put("2", 2, **second),
        ("POST", "/v1/transactions/s2/void", None),
        ("POST", "/v1/returns", {"till": "t1", "number": "1", "business_date": "2026-11-02"}),
        put("3", 1, **second),
        ("POST", "/v1/transactions/s3/tender", {"revision": 1, "given": given}),
    ]


async def live(place: Path, fault: str, first: int, many: int) -> dict[str, Any]:
    """Live the day."""
    refused: list[str] = []
    answers: list[Any] = []
    async with running_lane(place) as shop:
        app = make_app(shop.counter, TOKEN, PageKeys(TOKEN, SystemClock()), PATIENT)
        async with serve(app, "127.0.0.1", 0, PATIENT) as (host, port):
            key = {"authorization": f"Bearer {TOKEN}"}
            async with httpx.AsyncClient(base_url=f"http://{host}:{port}", headers=key) as till:
                for method, path, body in day(shop):
                    arm(place / "data", fault, first, many)
                    answer = await till.request(method, path, json=body, timeout=30)
                    arm(WELL, "none")
                    if answer.status_code >= 500:
                        refused.append(f"{answer.status_code} {answer.json()['code']}")
                        answer = await till.request(method, path, json=body, timeout=30)
                    answers.append([answer.status_code, answer.json()])
        rows = await shop.journal.rows_after(0, 1000)
    return {"refused": refused, "answers": answers, "rows": named([as_list(row) for row in rows])}


def as_list(row: Any) -> list[Any]:
    """Give what a row says, without its place in the chain; a refused coupon's number stays unused."""
    body = msgspec.json.decode(row.body)
    return [row.kind, body | {"serial": None} if row.kind == "issued" else body]


def named(value: Any) -> Any:
    """Number what is drawn at random (uids, references, jobs) in the order of its first use."""
    known: dict[str, str] = {}
    text = NAMES.sub(lambda it: known.setdefault(it[0], f"#{len(known)}"), json.dumps(value))
    return json.loads(text)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # each refusal is logged, and meant
    numbers = [int(word) for word in sys.argv[3:5]]
    print(json.dumps(asyncio.run(live(Path(sys.argv[1]), sys.argv[2], *numbers))))
