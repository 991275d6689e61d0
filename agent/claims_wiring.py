"""Fit together what decides about single use: the route, the waiting tills, the store's link."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.arbiter_desk import ArbiterDesk
from agent.claim_line import ClaimLine
from agent.claim_route import ClaimRoute, Waits
from agent.config import Config
from agent.hq_link import HqLink
from agent.past_sales import PastSales
from agent.secrets_files import password
from agent.stock import Stock
from agent.store_arbiter import ArbiterHost
from agent.store_ears import Place
from agent.store_link import StoreLink, allegiance_of
from ground.clock import Clock, DeviceClock
from ground.dice import Dice
from sync.claims import LaneClaims
from sync.link_options import Ears, LinkOptions, TlsFiles
from sync.messages import SaleFacts
from sync.mqtt_link import MqttLink
from sync.payload import Packet, pack
from sync.reading import Down
from sync.topics import down_filters, lanes_filters, up


@dataclass
class ClaimParts:
    """One lane's half of single use, before any of it runs."""

    place: Place
    claims: LaneClaims
    route: ClaimRoute
    line: ClaimLine
    store: StoreLink
    past_sales: PastSales

    def join(self, link: HqLink, stock: Stock, mqtt: MqttLink | None) -> None:
        """Fit it to the link to headquarters."""
        self.route.to_hq = link.send_claim
        self.store.attach(mqtt, self.line, link.publish)
        link.on_link = self.store.hq_link
        link.of_arbiters = self._from_hq
        self.past_sales.up = lambda: link.view.up
        topic = up(self.place.store, self.place.lane, "sale")
        self.past_sales.send = lambda ask: link.publish(pack(topic, ask))

        def row_written(seq: int) -> None:
            link.row_written(seq)
            self.store.row_written(seq)

        stock.journal.on_rows = row_written

    async def _from_hq(self, packet: Packet, message: Down) -> bool:
        if isinstance(message, SaleFacts):
            self.past_sales.heard(message)
            return True
        return await self.store.from_hq(packet, message)


def claim_parts(
    config: Config, clock: Clock, dice: Dice, stock: Stock, public_keys: dict[str, bytes]
) -> ClaimParts:
    """Build the parts from a configuration and an open journal."""
    lane, journal = config.lane, stock.journal
    waits = Waits(lane.till.claim_wait_ms / 1000, lane.arbiter.claim_wait_ms / 1000)
    allegiance = allegiance_of(journal, dice)
    route = ClaimRoute(lane.store_id, lane.lane_id, stock.shelf, allegiance, waits)
    claims = LaneClaims(journal.epoch, waits.hq_s)
    line = ClaimLine(claims, route.send, clock, route.way)
    place = Place(lane.store_id, lane.lane_id, public_keys, clock)
    arbiter = _arbiter(config, clock, dice, stock) if lane.arbiter.here else None
    store = StoreLink(place, journal, allegiance, route, arbiter)
    past_sales = PastSales(journal, clock, waits.hq_s)
    return ClaimParts(place, claims, route, line, store, past_sales)


def store_client(config: Config, ears: Ears, clock: Clock, dice: Dice) -> MqttLink | None:
    """Make the client of the store's own broker, where there is one."""
    lane, table, path = config.lane, config.lane.arbiter, config.path
    if not table.host:
        return None
    certificate = path(table.cert_file) if table.cert_file else None
    key = path(table.key_file) if table.key_file else None
    filters = down_filters(lane.store_id, lane.lane_id)
    options = LinkOptions(
        host=table.host,
        port=table.port,
        client_id=f"{lane.store}-{lane.lane}-claims",
        subscriptions=filters + (lanes_filters(lane.store_id) if table.here else ()),
        username=table.user or None,
        password=password(path(table.password_file) if table.password_file else None),
        tls=TlsFiles(path(table.ca_file), certificate, key) if table.ca_file else None,
    )
    return MqttLink(options, ears, DeviceClock(clock), dice)


def _arbiter(config: Config, clock: Clock, dice: Dice, stock: Stock) -> ArbiterDesk:
    lane, journal = config.lane, stock.journal
    host = ArbiterHost(Path(config.path(lane.data_dir)), journal, clock)
    return ArbiterDesk(lane.store_id, lane.lane_id, journal.epoch, host, clock, dice)
