"""A process that hears one message, says so, and never finishes with it: to be killed."""

import asyncio
import sys

from ground.clock import SystemClock
from sync.link_options import Ears, LinkOptions
from sync.mqtt_link import MqttLink
from sync.payload import Packet
from tests.sync.link_peer import Quick


async def on_message(packet: Packet) -> None:
    print(packet.payload.decode(), flush=True)
    await asyncio.Event().wait()


async def main() -> None:
    will = Packet("a/status", b"gone", "status/1", "application/json")
    options = LinkOptions(
        host="127.0.0.1",
        port=int(sys.argv[1]),
        client_id="consumer",
        subscriptions=("a/work",),
        will=will,
        will_delay_s=0,
    )
    ears = Ears(
        on_message=on_message,
        on_up=lambda present: print("up", flush=True),
        on_down=lambda why: None,
        on_poison=lambda poison: None,
    )
    await MqttLink(options, ears, SystemClock(), Quick()).run()


if __name__ == "__main__":
    asyncio.run(main())
