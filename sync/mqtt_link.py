"""The one file that knows the MQTT client: a link that heals itself, and nothing else.

paho runs in a thread of its own (its asyncio way needs `add_reader`, which Windows' default loop
lacks); every callback is handed to the event loop, so that all state here belongs to the loop. MQTT 5,
QoS 1, clean start never: mosquitto keeps a session over its own restart only then.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ground.clock import Clock, within
from ground.dice import Dice
from sync.link_options import Ears, LinkOptions, Poison
from sync.payload import LIMIT_BYTES, Packet
from sync.rivals import Rivals

log = logging.getLogger(__name__)

RECEIVE_MAXIMUM = 64  # what the broker may send before we have acknowledged
IN_FLIGHT = 50  # paho slows down beyond 100: it searches its list
WINDOW = 512  # messages that paho may hold; the outbox is the only real queue
BACKOFF_S, BACKOFF_MAX_S = 0.5, 30.0
LOOP_S = 1.0  # the longest that the thread waits for bytes before it looks at the keepalive
LAST_WORD_S = 1.0
REFUSED = 0x80  # MQTT 5 section 2.4: reason codes from here on are failures


class MqttLink:
    """One client id's link to one broker, made on the event loop that runs it."""

    def __init__(self, options: LinkOptions, ears: Ears, clock: Clock, dice: Dice) -> None:
        self._options = options
        self._ears = ears
        self._clock = clock
        self._dice = dice
        self._loop = asyncio.get_running_loop()
        self._client = self._make_client()
        self._up = self._was_up = self._stopping = False
        self._session_present = False
        self._rivals = Rivals()
        self._why = ""
        self._fell = False
        self._idle = asyncio.Event()
        self._quit = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mqtt")
        self._arrived: asyncio.Queue[paho.MQTTMessage | None] = asyncio.Queue()
        self._topics: dict[int, str] = {}  # of what is on its way, by message id
        self._failed = b""  # digest of the message that `on_message` could not take

    @property
    def up(self) -> bool:
        """Whether the broker has accepted us and our subscriptions."""
        return self._up

    def publish(self, packet: Packet) -> bool:
        """Send a packet at least once; False where it was not taken: no link, or a full window."""
        if not self._up:
            return False
        properties = _publish_properties(packet)
        info = self._client.publish(
            packet.topic, packet.payload, 1, packet.retain, properties=properties
        )
        if info.rc not in (paho.MQTT_ERR_SUCCESS, paho.MQTT_ERR_NO_CONN):
            return False
        self._topics[info.mid] = packet.topic
        self._idle.clear()
        return True

    def under_way(self, topic: str) -> int:
        """Count the packets of a topic that the broker has not got yet."""
        return sum(1 for name in self._topics.values() if name == topic)

    async def run(self) -> None:
        """Keep the link up until `stop` or cancelled; waits between tries have full jitter."""
        tries = 0
        try:
            while not self._stopping:
                await self._one_connection()
                self._ears.on_down(self._why)
                tries = 0 if self._was_up and not self._rivals.suspected else tries + 1
                self._look_for_rivals()
                if not self._stopping:
                    ceiling = min(BACKOFF_S * 2**tries, BACKOFF_MAX_S)
                    await self._clock.sleep(self._dice.uniform(0, ceiling))
        finally:
            self._thread.submit(self._client.reinitialise)  # closes what paho wakes its thread by
            self._thread.shutdown(wait=False)

    def _look_for_rivals(self) -> None:
        words = self._rivals.down(self._clock.monotonic_s(), self._why)
        if words and self._ears.on_rival is not None and not self._stopping:
            self._ears.on_rival(words)

    async def stop(self) -> None:
        """Say the will as the last word, so that nobody waits for its delay, and end `run`."""
        self._stopping = True
        if self._options.will is not None and self.publish(self._options.will):
            with suppress(TimeoutError):
                await within(self._idle.wait(), LAST_WORD_S, self._clock)
        self._fallen("stopped")

    async def _one_connection(self) -> None:
        """Serve until the link falls. A message in hand is finished first, unless we are cancelled."""
        self._arrived, self._fell, self._was_up, self._why = asyncio.Queue(), False, False, ""
        self._quit.clear()
        driving = self._loop.run_in_executor(self._thread, self._drive)
        reader = asyncio.ensure_future(self._hand_over())
        try:
            await asyncio.wait({driving, reader}, return_when=asyncio.FIRST_COMPLETED)
            error = driving.exception() if driving.done() else None
            self._fallen(str(error) if error else "the link was given up")
            await reader
        finally:
            self._fallen("the link was closed")
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
            await self._close(driving)

    def _drive(self) -> None:
        """Connect, and move bytes until the link falls: all of it in the link's own thread."""
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self._options.session_expiry_s
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.MaximumPacketSize = LIMIT_BYTES + 4096  # the longest topic and properties we use
        self._client.connect(
            self._options.host,
            self._options.port,
            self._options.keepalive_s,
            clean_start=False,
            properties=properties,
        )
        if self._quit.is_set():
            self._client.disconnect()
        while self._client.loop(LOOP_S) == paho.MQTT_ERR_SUCCESS:
            pass

    async def _close(self, driving: asyncio.Future[None]) -> None:
        """Say goodbye where that goes quickly, and end the thread's work in any case."""
        self._quit.set()
        self._client.disconnect()
        await asyncio.wait({driving}, timeout=LAST_WORD_S)
        line = self._client.socket()
        if isinstance(line, socket.socket):  # a blackhole takes no goodbye: cut
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        await asyncio.gather(driving, return_exceptions=True)

    async def _hand_over(self) -> None:
        """Give each message to its reader, then acknowledge it; end where one could not be taken."""
        while (batch := await self._next_batch()) and not self._fell:
            together = len(batch) > 1 and await self._taken_together(batch)
            for message in batch:
                if not together and not await self._taken(message):
                    return
                if not self._fell:  # the next connection numbers its messages anew
                    self._client.ack(message.mid, message.qos)

    async def _next_batch(self) -> list[paho.MQTTMessage]:
        """Wait for a message, and with `on_batch` take those that wait behind it too."""
        message = await self._arrived.get()
        batch = [] if message is None else [message]
        while batch and self._ears.on_batch is not None and len(batch) < RECEIVE_MAXIMUM:
            if self._arrived.empty() or (more := self._arrived.get_nowait()) is None:
                break
            batch.append(more)
        return batch

    async def _taken_together(self, batch: list[paho.MQTTMessage]) -> bool:
        """Hand over several at once; False where they must be tried one by one to find the bad one."""
        assert self._ears.on_batch is not None
        try:
            await self._ears.on_batch([_packet(message) for message in batch])
            return True
        except Exception:
            log.exception("! mqtt %d messages could not be taken together", len(batch))
            return False

    async def _taken(self, message: paho.MQTTMessage) -> bool:
        try:
            await self._ears.on_message(_packet(message))
        except Exception as error:
            digest = hashlib.sha256(message.topic.encode() + b"\0" + message.payload).digest()
            log.exception("! mqtt %s could not be taken", message.topic)
            if digest != self._failed:
                self._failed = digest
                return False
            self._ears.on_poison(Poison(message.topic, f"{type(error).__name__}: {error}"))
        return True

    def _fallen(self, why: str) -> None:
        self._up = False
        self._why = self._why or why
        self._fell = True
        self._arrived.put_nowait(None)

    def _make_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._options.client_id,
            protocol=paho.MQTTv5,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = self._options.connect_timeout_s
        client.max_inflight_messages = IN_FLIGHT
        client.max_queued_messages = WINDOW
        _secure(client, self._options)
        _set_will(client, self._options)
        client.on_connect = lambda _c, _u, flags, reason, _p: self._post(
            self._on_connack, flags.session_present, reason
        )
        client.on_subscribe = lambda _c, _u, _mid, reasons, _p: self._post(self._on_suback, reasons)
        client.on_publish = lambda _c, _u, mid, reason, _p: self._post(self._on_puback, mid, reason)
        client.on_message = lambda _c, _u, message: self._post(self._arrived.put_nowait, message)
        # With this set, paho leaves all writing to the thread that calls `loop`, and only wakes it.
        client.on_socket_register_write = lambda _c, _u, _socket: None
        client.on_disconnect = lambda _c, _u, _f, reason, _p: self._post(self._fallen, str(reason))
        return client

    def _post(self, call: Callable[..., None], *arguments: Any) -> None:
        """Carry a callback from paho's thread to the loop; a loop that has closed hears nothing."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *arguments)

    def _on_connack(self, session_present: bool, reason: ReasonCode) -> None:
        if reason.is_failure:
            self._fallen(f"the broker refused us: {reason}")
            return
        self._session_present = session_present
        if not self._options.subscriptions:
            self._on_suback([])
            return
        options = SubscribeOptions(qos=1)
        self._client.subscribe([(name, options) for name in self._options.subscriptions])

    def _on_suback(self, reasons: list[ReasonCode]) -> None:
        for name, reason in zip(self._options.subscriptions, reasons, strict=False):
            if reason.value >= REFUSED:
                self._ears.on_poison(Poison(name, f"subscription refused: {reason}"))
        self._up = self._was_up = True
        self._rivals.up(self._clock.monotonic_s())
        self._ears.on_up(self._session_present)

    def _on_puback(self, mid: int, reason: ReasonCode) -> None:
        topic = self._topics.pop(mid, "")
        if not self._topics:
            self._idle.set()
        if self._ears.on_sent is not None:
            self._ears.on_sent(topic)
        if reason.value >= REFUSED:
            self._ears.on_poison(Poison(topic, f"publish refused: {reason}"))


def _secure(client: paho.Client, options: LinkOptions) -> None:
    if options.username is not None:
        client.username_pw_set(options.username, options.password)
    if options.tls is not None:
        context = ssl.create_default_context(cafile=str(options.tls.ca))
        if options.tls.certificate is not None:
            context.load_cert_chain(options.tls.certificate, options.tls.key)
        client.tls_set_context(context)


def _set_will(client: paho.Client, options: LinkOptions) -> None:
    if options.will is None:
        return
    properties = _publish_properties(options.will, PacketTypes.WILLMESSAGE)
    properties.WillDelayInterval = options.will_delay_s
    will = options.will
    client.will_set(will.topic, will.payload, 1, will.retain, properties)


def _publish_properties(packet: Packet, kind: int = PacketTypes.PUBLISH) -> Properties:
    properties = _properties(kind)
    properties.ContentType = packet.content_type
    if packet.expiry_s:
        properties.MessageExpiryInterval = packet.expiry_s
    properties.UserProperty = [("schema", packet.schema), *packet.extra.items()]
    return properties


def _packet(message: paho.MQTTMessage) -> Packet:
    """Read a message's properties; where one stands twice, the last wins."""
    extra = dict(getattr(message.properties, "UserProperty", []))
    schema = extra.pop("schema", "")
    content_type = getattr(message.properties, "ContentType", "")
    return Packet(
        message.topic, bytes(message.payload), schema, content_type, message.retain, extra
    )


def _properties(kind: int) -> Properties:
    return Properties(kind)  # type: ignore[no-untyped-call]
