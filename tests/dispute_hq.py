"""Headquarters of the twenty disputes: the shop published, mosquitto and `tillside-hq serve` running."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground.clock import ShiftedClock
from ground.key_files import KeyRing
from hq import cli, disputes as at_hq
from hq.inbox import Inbox
from hq.keys import store_keys
from hq.plan import Plan, Wanted
from hq.publish import apply
from hq.store import HqStore, open_store, text
from offers.context import Policy, Risk, StoreFacts
from offers.coupon_code import element_string
from offers.model import Assignment, LaneId, ShopperKey, StoreId, Wallet
from offers.records import Incarnation
from offers.serials import Lease, make_serial
from offers.shopper_key import identity_key
from staff_help.roles import Member, Staff
from tests.brokers import HOST, Broker
from tests.dispute_shop import BANK, LONG, NOT_HERS, OFFERS, PRODUCTS
from tests.lane_shop import NOON
from tests.pages import ROOT

BADGE, CASHIER = "ST-4711", "7"
STORE, OTHER_LANE = StoreId("s001"), Incarnation("0123456789abcdef")
VISITS = (
    2 * 20
)  # every story, with headquarters and without it, has shoppers and coupons of its own


@dataclass
class Chain:
    """Headquarters' folder, its process, and its broker; `clock` says noon when it begins."""

    home: Path
    broker: Broker
    clock: ShiftedClock = field(default_factory=lambda: ShiftedClock(NOON))
    process: subprocess.Popen[bytes] | None = None
    lease: Lease | None = None

    @property
    def where(self) -> list[str]:
        return ["--db", str(self.home / "hq.db"), "--keys", str(self.home / "hq-keys")]

    def command(self, *words: str) -> None:
        """Run one of headquarters' commands."""
        now = self.clock.utc_now().isoformat()
        assert cli.main([*words, "--now", now, *self.where]) == 0

    def publish(self) -> None:
        """Publish the shop, with a wallet for each visit's Anna; lane 2 has printed before."""
        self.command("init")
        _, secret = KeyRing.load(self.home / "hq-keys").current("shopper")
        store = open_store(self.home / "hq.db")
        apply(store, Plan((), wanted(secret)), NOON)
        ring = store_keys(self.home / "hq-keys", STORE, NOON)
        with store.change():
            key_id, _ = ring.current("serial")
            leases = Inbox(store).leases(STORE, LaneId("2"), OTHER_LANE, key_id, NOON)
            # the hundred of crisp-first are gone: lane 2 has given every one
            store.conn.execute(
                "INSERT INTO quotas(kind, offer_id, store, lane, epoch, granted, used)"
                " VALUES ('redemptions', 'crisp-first', ?, '2', ?, 100, 100)",
                (STORE, OTHER_LANE),
            )
        apply(store, Plan((), wanted(secret)), NOON)
        store.close()
        self.lease = leases[0]
        self._serial_key = ring.every("serial")[self.lease.key_id]

    def serve(self) -> None:
        """Start headquarters' process."""
        url = f"mqtt://{HOST}:{self.broker.port}"
        words = ["serve", "--broker", url, "--now", self.clock.utc_now().isoformat()]
        command = ["-m", "hq.cli", *words, *self.where]
        self.process = start_python(self.home, "hq.log", command, self.home)

    def stop_serving(self) -> None:
        """End headquarters' process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def settled(self) -> list[dict[str, Any]]:
        """List the disputes that are here."""
        store = open_store(self.home / "hq.db")
        try:
            return at_hq.each(store, None)
        finally:
            store.close()

    def rows(self) -> list[tuple[Any, ...]]:
        """Give the place of each of lane 1's rows that is here, and whether its chain holds."""
        store: HqStore = open_store(self.home / "hq.db")
        try:
            found = store.conn.execute("SELECT epoch, seq, hash_fits FROM rows WHERE lane = '1'")
            return [tuple(row) for row in found]
        finally:
            store.close()

    def coupon(self, visit: int, offer_id: str) -> str:
        """Give the code of a coupon that lane 2 printed for a visit."""
        assert self.lease is not None
        counter = visit * len(OFFERS) + list(BANK).index(offer_id)
        number = BANK[offer_id].coupon_number
        return element_string(number, make_serial(self.lease, counter, number, self._serial_key))


def start_python(home: Path, log: str, words: list[str], cwd: Path) -> subprocess.Popen[bytes]:
    """Start one of our own programs; what it says goes to a file."""
    with (home / log).open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=cwd,
            stdout=out,
            stderr=out,
            env=dict(os.environ, PYTHONPATH=str(ROOT)),
        )


def read_only(path: Path) -> sqlite3.Connection:
    """Open a database whose owner goes on writing."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def card(visit: int, who: str) -> str:
    """Give the card of a visit's shopper: an EAN-13 of the shop's own."""
    body = f"29{100_000 + visit * 10 + (who == 'ben'):010d}"
    odd, even = sum(map(int, body[::2])), sum(map(int, body[1::2]))
    return f"{body}{-(odd + 3 * even) % 10}"


def phone(visit: int) -> str:
    """Give the phone number of a visit's Anna."""
    return f"49155501{visit:03d}"


def wanted(secret: bytes) -> Wanted:
    """Give the shop as headquarters publishes it."""
    given = tuple(
        Assignment(one.offer_id, 0.9 - n / 100, *LONG)
        for n, one in enumerate(OFFERS)
        if one.offer_id not in NOT_HERS
    )
    annas = {visit: _key("card", card(visit, "anna"), secret) for visit in range(VISITS)}
    staff = Staff(member=(Member(CASHIER, "cashier", _key("badge", "4711", secret)),))
    stock = {it.gtin: 0 if name == "oat" else 10_000 for name, it in PRODUCTS.items()}
    risk = Risk(lane_count=50, lane_minor=10_000, shopper_count=5, serial_max_minor=200)
    return Wanted(
        stores={STORE: (StoreFacts(STORE, time_zone="UTC"), (LaneId("1"), LaneId("2")))},
        offers=dict(BANK),
        products={it.gtin: it for it in PRODUCTS.values()},
        wallets={key: Wallet(given) for key in annas.values()},
        aliases={_key("phone", phone(visit), secret): key for visit, key in annas.items()},
        documents={
            "policy": text(Policy(slip_offers=3)),
            "risk": text(risk),
            "staff": text(staff),
        },
        stock={(STORE, gtin): f"{n}@{NOON.isoformat()}" for gtin, n in stock.items()},
        pictures={},
    )


def _key(kind: str, value: str, secret: bytes) -> ShopperKey:
    return identity_key(kind, value, secret)  # type: ignore[arg-type]
