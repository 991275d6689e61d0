"""A till on the lane's local HTTP API: it keeps its basket, and can behave badly on command.

The JSON is written here by hand, from the contract's description; nothing of the product is used.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from hardware_sim.http_client import Answer, call, events


@dataclass
class TillLine:
    """One line of the basket; the price is a unit's, in minor units."""

    line_id: str
    gtin: str
    quantity: int
    unit_minor: int

    def as_json(self) -> dict[str, Any]:
        """Give the line as the API takes it."""
        return {
            "line_id": self.line_id,
            "gtin": self.gtin,
            "quantity": self.quantity,
            "amount_minor": self.quantity * self.unit_minor,
        }


@dataclass
class Sale:
    """A transaction as the till has it."""

    number: str
    business_date: date
    lines: list[TillLine] = field(default_factory=list)
    identities: list[dict[str, str]] = field(default_factory=list)
    coupons: list[str] = field(default_factory=list)
    mode: str = "live"
    suspended: bool = False
    revision: int = 0
    rung: int = 0  # lines ever rung up: line ids are not used twice
    sent: list[dict[str, Any]] = field(default_factory=list)  # every basket, oldest first
    decision: dict[str, Any] = field(default_factory=dict)

    @property
    def total_minor(self) -> int:
        """Add up the lines, before discounts."""
        return sum(line.quantity * line.unit_minor for line in self.lines)


class Till:
    """One till.

    Args:
        api: the lane's address, "http://127.0.0.1:8080".
        token_file: the file with the bearer token, read at each call.
        name: what the till calls itself.
        currency: ISO 4217.
    """

    def __init__(self, api: str, token_file: Path, name: str = "1", currency: str = "EUR") -> None:
        self.api = api.rstrip("/")
        self.name = name
        self.currency = currency
        self.sale: Sale | None = None
        self.sold: dict[str, Sale] = {}
        self.last: Answer | None = None
        self._token_file = token_file
        self._next_number = 1

    def begin(self, business_date: date, number: str | None = None, mode: str = "live") -> Sale:
        """Open a transaction; numbers count up by themselves."""
        if number is None:
            number, self._next_number = str(self._next_number), self._next_number + 1
        self.sale = Sale(number, business_date, mode=mode)
        return self.sale

    def _open(self) -> Sale:
        if self.sale is None:
            raise RuntimeError("the till has no open transaction")
        return self.sale

    def add(self, gtin: str, quantity: int = 1, unit_minor: int = 100) -> None:
        """Ring up an article."""
        sale = self._open()
        sale.rung += 1
        sale.lines.append(TillLine(str(sale.rung), gtin, quantity, unit_minor))

    def remove(self, gtin: str) -> None:
        """Take an article off the basket."""
        sale = self._open()
        sale.lines = [line for line in sale.lines if line.gtin != gtin]

    def identify(self, kind: str, value: str) -> None:
        """Type in who the shopper is: kind "card", "phone" or "app"."""
        self._open().identities.append({"kind": kind, "value": value})

    def present(self, code: str) -> None:
        """Scan a coupon at the till."""
        self._open().coupons.append(code)

    def basket_json(self, revision: int) -> dict[str, Any]:
        """Give the whole basket as a PUT takes it."""
        sale = self._open()
        return {
            "till": self.name,
            "number": sale.number,
            "business_date": sale.business_date.isoformat(),
            "revision": revision,
            "currency": self.currency,
            "lines": [line.as_json() for line in sale.lines],
            "identities": list(sale.identities),
            "coupons": list(sale.coupons),
            "mode": sale.mode,
            "suspended": sale.suspended,
        }

    async def put(self) -> Answer:
        """Send the basket as its next revision, and keep the decision."""
        sale = self._open()
        sale.revision += 1
        sale.sent.append(self.basket_json(sale.revision))
        answer = await self._put(sale.sent[-1])
        if answer.status == 200:
            sale.decision = answer.json()
        return answer

    async def put_again(self, steps_back: int = 0) -> Answer:
        """Repeat a basket as it was sent: the last one, or an older one that comes late."""
        return await self._put(self._open().sent[-1 - steps_back])

    async def put_swapped(self) -> tuple[Answer, Answer]:
        """Send the next two revisions in the wrong order; the newer one's decision is kept."""
        sale = self._open()
        older, newer = self.basket_json(sale.revision + 1), self.basket_json(sale.revision + 2)
        sale.revision += 2
        sale.sent += [older, newer]
        first = await self._put(newer)
        if first.status == 200:
            sale.decision = first.json()
        return first, await self._put(older)

    async def _put(self, basket: dict[str, Any]) -> Answer:
        return await self.send("PUT", f"/v1/transactions/{basket['number']}", basket)

    def given(self, at_most_minor: int | None = None) -> list[dict[str, Any]]:
        """Give the decided discounts as given, cut off where the till gives less."""
        left = at_most_minor
        shares = []
        for share in self._open().decision.get("discounts", []):
            amount = share["amount_minor"] if left is None else min(left, share["amount_minor"])
            left = None if left is None else left - amount
            if amount:
                kept = {key: share[key] for key in ("line_id", "offer_id")}
                shares.append(kept | {"amount_minor": amount})
        return shares

    async def tender(self, at_most_minor: int | None = None) -> Answer:
        """Take the money. `at_most_minor` gives less than was decided; 0 gives nothing."""
        sale = self._open()
        body = {"revision": sale.revision, "given": self.given(at_most_minor)}
        answer = await self.send("POST", f"/v1/transactions/{sale.number}/tender", body)
        if answer.status == 200:
            self.sold[sale.number] = sale
        return answer

    async def void(self) -> Answer:
        """Give the transaction up."""
        return await self.send("POST", f"/v1/transactions/{self._open().number}/void", None)

    async def suspend(self) -> Answer:
        """Park the transaction; the sale stays in hand, for `resume`."""
        sale = self._open()
        sale.suspended = True
        return await self.send("POST", f"/v1/transactions/{sale.number}/suspend", None)

    async def resume(self) -> Answer:
        """Take a parked transaction up again."""
        self._open().suspended = False
        return await self.put()

    async def give_back(self, gtins: list[str], number: str | None = None) -> Answer:
        """Take goods of a past sale back; no GTIN named is all of it."""
        sale = self.sold[number or list(self.sold)[-1]]
        lines = [line.line_id for line in sale.lines if line.gtin in gtins]
        body = {
            "till": self.name,
            "number": sale.number,
            "business_date": sale.business_date.isoformat(),
            "lines": lines,
        }
        return await self.send("POST", "/v1/returns", body)

    async def send(self, method: str, path: str, body: Any) -> Answer:
        """Make one call with the token; the answer also stays in `last`."""
        data = b"" if body is None else json.dumps(body).encode()
        self.last = await call(method, self.api + path, self._headers(), data)
        return self.last

    async def health(self) -> Any:
        """Ask how the lane is."""
        return (await call("GET", self.api + "/healthz", self._headers())).json()

    def listen(self) -> AsyncIterator[tuple[str, str]]:
        """Listen to the lane's events, as (name, data)."""
        return events(self.api + "/v1/events", self._headers())

    def _headers(self) -> dict[str, str]:
        token = self._token_file.read_text(encoding="utf-8").strip()
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
