"""Who may give how much of each offer's first N: headquarters' side of the bounded counter.

Each lane gets a share at its birth and is topped up as its rows arrive, before it runs dry; where
nothing is left to hand out, a lane that has more is asked to give some back. `offers.budget` has the
rule and why it is safe: what is granted is taken off N first, and comes back only by a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from hq.effects import Origin
from hq.statements import put
from hq.store import HqStore
from offers.budget import Holder, committed, left, top_ups, water_line
from offers.changes import QuotaBackOp, QuotaOp
from offers.model import Offer, OfferId, StoreId
from offers.spending import Kind, Spending
from sync.messages import Status


class Word(NamedTuple):
    """What a lane is to be told."""

    holder: Holder
    op: QuotaOp | QuotaBackOp


LIMITED = (
    "SELECT offer_id, body FROM offers WHERE json_extract(body, '$.max_redemptions') IS NOT NULL "
    "OR json_extract(body, '$.max_issued') IS NOT NULL ORDER BY offer_id"
)


_PUT = put(
    "quotas",
    "kind offer_id store lane epoch granted used gave_back asked_back hungry",
    "kind offer_id store lane epoch",
)


_COUNT = (
    "INSERT INTO quotas(kind, offer_id, store, lane, epoch, used, gave_back) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(kind, offer_id, store, lane, epoch) DO UPDATE SET "
    "used = quotas.used + excluded.used, gave_back = quotas.gave_back + excluded.gave_back"
)


class Account(NamedTuple):
    """What one holder has of one offer. `hungry`: it used its last and waits for more."""

    granted: int = 0
    used: int = 0
    gave_back: int = 0
    asked_back: int = 0
    hungry: int = 0

    @property
    def net(self) -> int:
        """Give what was granted and not given back."""
        return self.granted - self.gave_back

    @property
    def left(self) -> int:
        """Give what the holder may still give, as far as its rows are here."""
        return left(self.net, self.used)


class Limit(NamedTuple):
    """One first N: of which offer, how many, and how many lanes share it."""

    kind: Kind
    offer_id: OfferId
    total: int
    low_water: int


class FirstN:
    """The ledger of quotas in headquarters' file; every call is a piece of the caller's transaction."""

    def __init__(self, store: HqStore) -> None:
        self._store = store
        self._conn = store.conn

    def count(self, origin: Origin, changes: Iterable[Spending]) -> None:
        """Take what rows spent; each row is counted once."""
        used: Counter[tuple[Kind, OfferId]] = Counter()
        back: Counter[tuple[Kind, OfferId]] = Counter()
        for change in changes:
            of = change.kind, change.offer_id
            used[of] += change.used
            back[of] += change.gave_back
        sums = [(*of, *holder_of(origin), used[of], back[of]) for of in sorted(used)]
        if sums:
            self._conn.executemany(_COUNT, sums)

    def born(self, origin: Origin) -> list[Word]:
        """Give a lane its share of every first N, and every word again that it was told before."""
        words: list[Word] = []
        for limit in self._limits(origin.store):
            words += self._hand_out(limit, {holder_of(origin)})
        me = holder_of(origin)
        mine = [word for limit in self._limits(origin.store) for word in self._words(limit, me)]
        return [word for word in words if word.holder != me] + mine

    def after_rows(self, origin: Origin, spent: Iterable[Spending]) -> list[Word]:
        """Hand out again after rows of a lane came in: to it where it gives, to whoever waits.

        Args:
            origin: whose rows.
            spent: what they spent.
        """
        gives = {(change.kind, change.offer_id) for change in spent if change.used > 0}
        moved = {(change.kind, change.offer_id) for change in spent} | gives
        words: list[Word] = []
        for limit in self._limits(origin.store, {offer for _, offer in moved}):
            of = limit.kind, limit.offer_id
            if of in moved:
                words += self._hand_out(limit, {holder_of(origin)} if of in gives else set())
            if of in gives:
                words += self._ask_back(limit, holder_of(origin))
                words += self._words(limit, holder_of(origin))
        return list(dict.fromkeys(words))

    def _limits(self, store: StoreId, only: set[OfferId] | None = None) -> list[Limit]:
        """List the first Ns of the offers, or only of those named, that hold in a store."""
        limited = self._conn.execute(LIMITED).fetchall() if only is None or only else []
        bodies = [body for name, body in limited if only is None or name in only]
        # most sales use no such offer: then the stores, of which there may be thousands, are not read
        stores = {row.store: row for row in self._store.stores()} if bodies else {}
        here = stores.get(store)
        limits: list[Limit] = []
        for body in bodies if here else ():
            offer = msgspec.json.decode(body, type=Offer)
            sharing = [
                row for row in stores.values() if holds_in(offer, row.store, row.facts.groups)
            ]
            if here in sharing:
                lanes = sum(len(row.lanes) for row in sharing)
                limits += _limits_of(offer, lanes)
        return limits

    def _accounts(self, limit: Limit) -> dict[Holder, Account]:
        query = (
            "SELECT store, lane, epoch, granted, used, gave_back, asked_back, hungry "
            "FROM quotas WHERE kind = ? AND offer_id = ? ORDER BY store, lane, epoch"
        )
        rows = self._conn.execute(query, (limit.kind, limit.offer_id))
        return {Holder(*row[:3]): Account(*row[3:]) for row in rows}

    def _put(self, limit: Limit, holder: Holder, account: Account) -> None:
        row = (limit.kind, limit.offer_id, *holder, *account)
        self._conn.execute(_PUT, row)

    def _hand_out(self, limit: Limit, also: set[Holder]) -> list[Word]:
        """Top up those that wait and those named, from what is not handed out."""
        accounts = self._accounts(limit)
        open_now = self._open_lanes()
        waiting = {it for it, account in accounts.items() if account.hungry}
        shares = top_ups(
            _still_to_share(limit, accounts),
            {it: account.granted for it, account in accounts.items()},
            {it: account.used for it, account in accounts.items()},
            sorted((waiting | also) & open_now.keys()),
            limit.low_water,
            {it: account.gave_back for it, account in accounts.items()},
        )
        words: list[Word] = []
        for holder, granted in shares:
            known = accounts.get(holder, Account())
            self._put(limit, holder, known._replace(granted=granted, hungry=0))
            words.append(_grant(limit, holder, granted))
        return words

    def _ask_back(self, limit: Limit, poor: Holder) -> list[Word]:
        """Where nothing is free, ask the connected lane that has most to share with one that ran low."""
        accounts = self._accounts(limit)
        mine = accounts.get(poor, Account())
        out = committed({it: account.net for it, account in accounts.items()})
        if mine.left >= limit.low_water or out < _still_to_share(limit, accounts):
            return []
        online = {it for it, status in self._open_lanes().items() if status.online}
        rich = [
            (account.left, holder)
            for holder, account in accounts.items()
            if holder in online - {poor} and account.asked_back <= account.gave_back
        ]
        most, donor = max(rich, default=(0, poor))
        want = max((most - mine.left) // 2, int(mine.left == 0 and most > 0))
        if want <= 0:
            return []
        asked = accounts[donor]
        upto = asked.gave_back + want
        self._put(limit, donor, asked._replace(asked_back=upto))
        self._put(limit, poor, mine._replace(hungry=1))
        return [_wish(limit, donor, upto)]

    def _words(self, limit: Limit, holder: Holder) -> list[Word]:
        """Give all that a lane is to know of one first N."""
        account = self._accounts(limit).get(holder, Account())
        words: list[Word] = [_grant(limit, holder, account.granted)] if account.granted else []
        if account.asked_back > account.gave_back:
            words.append(_wish(limit, holder, account.asked_back))
        return words

    def _open_lanes(self) -> dict[Holder, Status]:
        """Name the newest incarnation of each lane that ever spoke."""
        rows = self._conn.execute("SELECT store, lane, status FROM lanes").fetchall()
        told = [(r[0], r[1], msgspec.json.decode(r[2], type=Status)) for r in rows]
        return {Holder(store, lane, status.epoch): status for store, lane, status in told}


def holder_of(origin: Origin) -> Holder:
    """Name whose rows these are, as the rule names holders."""
    return Holder(origin.store, origin.lane, origin.epoch)


def holds_in(offer: Offer, store: StoreId, groups: tuple[str, ...]) -> bool:
    """Tell whether an offer is valid in a store."""
    named = not offer.stores or store in offer.stores
    return named and (not offer.store_groups or not set(groups).isdisjoint(offer.store_groups))


def _still_to_share(limit: Limit, accounts: Mapping[Holder, Account]) -> int:
    """Give N less what was used before it was shared out: the limit may be younger than the offer."""
    return limit.total - sum(max(0, account.used - account.net) for account in accounts.values())


def _limits_of(offer: Offer, lanes: int) -> list[Limit]:
    totals: tuple[tuple[Kind, int | None], ...] = (
        ("redemptions", offer.max_redemptions),
        ("issues", offer.max_issued),
    )
    return [
        Limit(kind, offer.offer_id, total, water_line(total, lanes))
        for kind, total in totals
        if total is not None
    ]


def _grant(limit: Limit, holder: Holder, granted: int) -> Word:
    op = QuotaOp(holder.lane, holder.epoch, limit.offer_id, limit.kind, granted)
    return Word(holder, op)


def _wish(limit: Limit, holder: Holder, upto: int) -> Word:
    op = QuotaBackOp(holder.lane, holder.epoch, limit.offer_id, limit.kind, upto)
    return Word(holder, op)
