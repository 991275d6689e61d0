"""A stand-in for the agent, for the runner's own tests: the protocols, and a shop's simplest rules.

It opens the scanner, prints one coupon a tender, takes 0.40 off when the coupon comes back, and
counts the seconds that it was told. Standard library alone.
"""

import asyncio
import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path

CONFIG = json.loads(Path(sys.argv[1]).read_text())
COUPON = "(255)9501101530003000000000017"
STATE = {"shopper": False, "puts": 0, "now": None, "monotonic": 0.0, "printer": "ready"}


def watch_scanner() -> None:
    fd = os.open(CONFIG["scanner"], os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)

    def readable() -> None:
        if b"2900000000018" in os.read(fd, 4096):
            STATE["shopper"] = True

    asyncio.get_running_loop().add_reader(fd, readable)


async def ask_printer(data: bytes, answer_bytes: int) -> bytes:
    if CONFIG["printer_kind"] == "tcp":
        host, port = CONFIG["printer"].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(data)
        answer = await reader.readexactly(answer_bytes)
        writer.close()
        return answer
    fd = os.open(CONFIG["printer"], os.O_RDWR | os.O_NOCTTY)
    os.write(fd, data)
    answer = await asyncio.to_thread(os.read, fd, answer_bytes)
    os.close(fd)
    return answer


def slip() -> bytes:
    data = COUPON.encode()
    store = b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
    print_it = b"\x1d(k\x03\x001C\x05" + store + b"\x1d(k\x03\x001Q0"
    return b"\x1b@20 % off yogurt\n" + print_it + b"\x1dVA\x10" + b"\x10\x04\x04"


def decision(basket: dict) -> dict:
    off = 40 if COUPON in basket["coupons"] else 0
    shares = [{"line_id": basket["lines"][0]["line_id"], "offer_id": "yog", "amount_minor": off}]
    reason = "APPLIED" if off else "NOT_ASSIGNED"
    verdict = {"offer_id": "yog", "reason": reason, "sentence": "Yogurt: one more is missing."}
    return {
        "discounts": shares if off else [],
        "total_discount_minor": off,
        "verdicts": [verdict],
        "cues": ["Ask for the card"],
        "shopper": STATE["shopper"],
    }


async def answer(method: str, path: str, body: dict) -> dict:
    if path == "/healthz":
        return {"parts": [{"name": "printer", "state": STATE["printer"]}]}
    if method == "PUT":
        return decision(body)
    if path.endswith("/tender"):
        status = await ask_printer(slip(), 1)
        STATE["printer"] = "paper_out" if status[0] & 0x60 else "ready"
        return {"redeemed": [share["offer_id"] for share in body["given"]]}
    return {"refund_minor": 359}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    body = await reader.readexactly(int(fields.get("content-length", 0)))
    allowed = fields.get("authorization") == "bearer secret"
    said = json.dumps(await answer(method, path, json.loads(body or b"{}")) if allowed else {})
    status = "200 OK" if allowed else "401 Unauthorized"
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(said)}\r\n\r\n{said}".encode())
    await writer.drain()
    writer.close()


async def follow_clock() -> None:
    host, port = sys.argv[2].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello\n")
    while line := (await reader.readline()).decode():
        word, value = line.split()
        if word == "set":
            STATE["now"] = datetime.fromisoformat(value)
        else:
            STATE["now"] += timedelta(seconds=float(value))
            STATE["monotonic"] += float(value)
        await asyncio.sleep(0.01)
        writer.write(f"idle {STATE['now'].isoformat()} {STATE['monotonic']}\n".encode())


async def main() -> None:
    watch_scanner()
    server = await asyncio.start_server(serve, "127.0.0.1", int(CONFIG["port"]))
    async with server:
        await follow_clock()


asyncio.run(main())
