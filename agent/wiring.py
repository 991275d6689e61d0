"""Fit the rooms together: from one configuration to one running lane. Nothing here decides."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import structs

from agent.claim_line import ClaimLine
from agent.claims_wiring import ClaimParts, claim_parts, store_client
from agent.config import Config
from agent.counter import Counter
from agent.coupon_desk import CouponDesk
from agent.dispute_parts import disputes_of, is_up
from agent.evaluation import Evaluation
from agent.facts import Here
from agent.hq_link import HqLink
from agent.hq_news import Home
from agent.hq_options import link_options
from agent.issue_desk import IssueDesk
from agent.lane import Lane
from agent.moment import moment
from agent.page_parts import views_of
from agent.picture_desk import NEVER
from agent.print_desk import PrintDesk
from agent.quota_desk import QuotaDesk
from agent.rooms import Rooms
from agent.sales import SaleBook
from agent.scan_decoder import Scan
from agent.scan_reading import CardRules, Reading, read_scan
from agent.shelf_start import LONG_AGO, first_generation
from agent.stock import Stock
from agent.store_link import StoreLink
from agent.supervise import Supervisor
from agent.trust import TimeTrust
from cache.generation import SCHEMA
from cache.journal import Journal
from cache.shelf import Shelf
from ground.clock import Clock, DeviceClock
from ground.dice import Dice
from ground.key_files import KeyRing
from offers.context import Moment
from offers.model import ShopperKey
from offers.records import Incarnation
from offers.shopper_key import identity_key
from printer.profile import find_profile
from sync.mqtt_link import MqttLink
from sync.session import Facts, Known, Me, Session


@dataclass
class WiredLane:
    """A lane with all its parts, before any of them runs."""

    config: Config
    clock: Clock
    journal: Journal
    shelf: Shelf
    lane: Lane
    counter: Counter
    supervisor: Supervisor
    printing: PrintDesk | None
    link: HqLink | None
    line: ClaimLine
    book: SaleBook
    store_link: StoreLink | None

    @property
    def busy(self) -> bool:
        """Tell whether a till waits for an arbiter or a job for the printer."""
        return self.line.waiting or (self.printing is not None and self.printing.busy)


def new_incarnation() -> Incarnation:
    """Name a new life of this lane's journal."""
    return Incarnation(secrets.token_hex(8))


async def wire(config: Config, clock: Clock, dice: Dice, lost: Callable[[], None]) -> WiredLane:
    """Open both databases and build every part.

    Args:
        config: the lane's settings.
        clock: the only time there is.
        dice: for jitter.
        lost: called when the journal must be opened anew.

    Raises:
        Complaint: keys or the printer's profile are not usable.
        OSError: the data directory cannot be used.
    """
    keys = KeyRing.load(config.path(config.lane.keys_dir))
    data = config.path(config.lane.data_dir)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    journal = await Journal.open(
        data / "journal.db", incarnation=new_incarnation, now=clock.utc_now
    )
    generation = await asyncio.to_thread(
        first_generation, data, journal.generation_file, config.lane.store_id
    )
    shelf = Shelf(generation, journal.mirror)
    stock = Stock(journal, shelf, keys.every("serial"))
    trust = TimeTrust(max(generation.built_at, await _last_written(journal)))
    builder = _Builder(config, clock, dice, keys, stock, trust, lost)
    return builder.build(data)


async def _last_written(journal: Journal) -> datetime:
    """Give the latest time that the journal knows to have passed."""
    rows = await journal.rows_after(max(0, journal.last_seq - 1), 1)
    said = journal.meta("floor")
    floor = datetime.fromisoformat(said) if said else LONG_AGO
    return max(floor, *(row.at for row in rows)) if rows else floor


@dataclass
class _Builder:
    """Builds the parts, each from what was built before it."""

    config: Config
    clock: Clock
    dice: Dice
    keys: KeyRing
    stock: Stock
    trust: TimeTrust
    lost: Callable[[], None]
    changed: Callable[[], None] = lambda: None

    def build(self, data: Path) -> WiredLane:
        config, stock = self.config, self.stock
        book = SaleBook()
        quotas = QuotaDesk(stock.journal, book, self.clock.utc_now)
        here = Here(config.lane.lane_id, stock.shelf, quotas)
        link = self._link(data, here) if config.lane.hq.host else None
        single = claim_parts(config, self.clock, self.dice, stock, self.keys.every("hq-public"))
        line = single.line
        printing = self._printing()
        rooms = self._rooms(book, here, single, printing)
        lane = Lane(rooms)
        supervisor = Supervisor(self.clock, self.dice)
        views = views_of(printing, link, supervisor, self.clock, stock.journal)
        ask = (line, single.claims)
        disputes = disputes_of(config.lane, self.keys, rooms, ask, lambda: is_up(link))
        counter = Counter(lane, rooms, config.lane.lane_id, disputes, views, data / "journal.db")
        self.changed = counter.tell
        if printing is not None:
            printing.changed = counter.tell
        if link is not None:
            link.attach(self._mqtt(link), line)
            store = store_client(config, single.store.ears, self.clock, self.dice)
            single.join(link, stock, store)
        return WiredLane(
            config,
            self.clock,
            stock.journal,
            stock.shelf,
            lane,
            counter,
            supervisor,
            printing,
            link,
            line,
            book,
            single.store if link is not None else None,
        )

    def _rooms(
        self,
        book: SaleBook,
        here: Here,
        single: ClaimParts,
        printing: PrintDesk | None,
    ) -> Rooms:
        lane, stock = self.config.lane, self.stock
        place = f"{lane.store}/{lane.lane}"
        coupons = CouponDesk(stock, book, single.claims, place, self.clock.utc_now)
        return Rooms(
            store=lane.store_id,
            language=lane.language_id,
            till_attached=lane.till.attached,
            clock=self.clock,
            moment_of=self._moment,
            identify=self._identify,
            read_scan=self._read_scan,
            journal=stock.journal,
            shelf=stock.shelf,
            book=book,
            coupons=coupons,
            evaluation=Evaluation(here, coupons, single.line, self._moment),
            issues=IssueDesk(stock, printing, lane.brand_line, here, lane.till.carrier),
            past_sales=single.past_sales,
            changed=self._changed,
        )

    def _changed(self) -> None:
        self.changed()

    def _moment(self, till_date: date | None) -> Moment:
        now = self.clock.utc_now()
        trusted = self.trust.look(now, self.clock.monotonic_s())
        return moment(now, trusted, self.stock.shelf.generation.store, till_date)

    def _identify(self, kind: str, value: str) -> ShopperKey:
        _, secret = self.keys.current("shopper")
        return self.stock.shelf.generation.shopper(identity_key(kind, value, secret))

    def _read_scan(self, scan: Scan) -> Reading:
        from agent.element_strings import element_strings  # loaded before, in the warm-up thread

        cards = self.config.lane.cards
        rules = CardRules(cards.ean_prefixes, cards.luhn_prefixes, cards.app_prefix)
        return read_scan(scan, rules, element_strings)

    def _printing(self) -> PrintDesk | None:
        printer = self.config.lane.printer
        if not printer.url:
            return None
        profile = find_profile(_profile_name(self.config, printer.profile))
        if printer.fonts:
            profile = structs.replace(profile, fonts=str(self.config.path(printer.fonts)))
        clock = DeviceClock(self.clock)
        desk = PrintDesk(printer.url, profile, self.stock.journal, clock, self.dice)
        desk.deadline_s = printer.deadline_s
        if printer.pictures != NEVER and profile.nv:
            data = self.config.path(self.config.lane.data_dir)
            desk.keep_pictures_in(data / "printer-pictures.json")
        return desk

    def _link(self, data: Path, here: Here) -> HqLink:
        lane, journal = self.config.lane, self.stock.journal
        home = Home(
            lane.store_id,
            lane.lane_id,
            self.stock,
            data,
            self.keys.every("hq-public"),
            self.trust,
            self.clock,
            self.lost,
            here.quotas.give_back,
        )
        app, boot = f"tillside {version('tillside')}", secrets.token_hex(4)
        me = Me(lane.store_id, lane.lane_id, journal.epoch, app, boot, SCHEMA)
        known = Known(
            last_seq=journal.last_seq,
            acked=journal.acked,
            generation=self.stock.shelf.generation.id,
            manifest_rev=journal.generation_rev,
            delta_rev=journal.delta_rev,
            recall_rev=journal.recall_rev,
            tombstone_rev=journal.tombstone_rev,
            erased_rev=int(journal.meta("erased_rev") or 0),
        )
        session = Session(me, known, self.dice, self._facts)
        return HqLink(home, session, self._changed)

    def _facts(self) -> Facts:
        now, oldest = self.clock.utc_now(), self.stock.journal.oldest_unacked_at
        age_s = int((now - oldest).total_seconds()) if oldest is not None else 0
        return Facts(max(0, age_s), now)

    def _mqtt(self, link: HqLink) -> MqttLink:
        options = link_options(self.config, link.will())
        return MqttLink(options, link.ears, DeviceClock(self.clock), self.dice)


def _profile_name(config: Config, name: str) -> str:
    """A profile is a built-in name or a file, whose path may be relative to the configuration."""
    return str(config.path(name)) if name.endswith(".json") else name
