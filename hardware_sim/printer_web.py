"""The printer in a browser: the slip grows as it prints, faults are buttons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from hardware_sim.network_printer import NetworkPrinter
from hardware_sim.paper_feed import PaperFeed, event_text, png
from hardware_sim.printer_device import PrinterDevice
from hardware_sim.printer_faults import CATALOGUE, FaultError
from hardware_sim.serial_printer import SerialPrinter
from hardware_sim.web_server import LoopbackOnly

SimPrinter = NetworkPrinter | SerialPrinter
ASSETS = {"": "text/html", "printer.css": "text/css", "printer.js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MAX_BODY_BYTES = 1000
FRAME_S = 0.05  # between two pictures of a growing slip
ALIVE_S = 10.0  # a comment at least so often, so that a reader who went away is noticed


def state_of(device: PrinterDevice) -> dict[str, Any]:
    """Say how a printer stands, for people and programs."""
    return {
        "model": device.model.name,
        **asdict(device.sensors),
        "offline": device.sensors.offline,
        "busy": device.busy,
        "faults": device.mishaps.names,
        "buffered_bytes": len(device.buffer),
        "buffer_bytes": device.model.buffer_bytes,
        "received_bytes": device.received_bytes,
        "dropped_bytes": device.dropped_bytes,
        "fed_dots": device.roll.fed_dots,
        "slips": len(device.roll.slips),
        "cuts": device.cuts,
        "drawer_kicks": device.drawer_kicks,
        "power_cycles": device.power_cycles,
        "nv_writes": device.nv_writes,
        "troubles": [trouble.what for trouble in list(device.troubles)[-5:]],
    }


class PrinterPage:
    """The page of one printer; `closing` ends its streams."""

    def __init__(self, printer: SimPrinter) -> None:
        self._printer = printer
        self._changed: set[asyncio.Event] = set()
        self._closing = False
        printer.host.watchers.append(self._notify)

    def app(self) -> ASGIApp:
        """Give the ASGI application."""
        posts = {"fault": self._fault, "heal": self._heal, "feed": self._feed, "tear": self._tear}
        return LoopbackOnly(
            Starlette(
                routes=[
                    *(Route(f"/{name}", self._asset, name=name or "page") for name in ASSETS),
                    Route("/faults", self._faults),
                    Route("/state", self._state),
                    Route("/events", self._events),
                    Route("/slips/{number:int}.png", self._slip),
                    Route("/slips/{number:int}.txt", self._slip),
                    *(Route(f"/{name}", post, methods=["POST"]) for name, post in posts.items()),
                ]
            )
        )

    def close(self) -> None:
        """End the streams."""
        self._closing = True
        self._notify()

    def _notify(self) -> None:
        for changed in self._changed:
            changed.set()

    async def _asset(self, request: Request) -> Response:
        name = request.url.path.strip("/")
        path = files("hardware_sim").joinpath("page", name or "printer.html")
        return Response(path.read_bytes(), media_type=ASSETS[name], headers=HEADERS)

    async def _faults(self, _request: Request) -> Response:
        here = self._printer.kind
        rows = [
            {key: value for key, value in asdict(fault).items() if key != "lines"}
            for fault in CATALOGUE
            if here in fault.lines
        ]
        return JSONResponse(rows, headers=HEADERS)

    async def _state(self, _request: Request) -> Response:
        return JSONResponse(self._say_state(), headers=HEADERS)

    def _say_state(self) -> dict[str, Any]:
        return state_of(self._printer.device) | {"address": self._printer.url}

    async def _slip(self, request: Request) -> Response:
        slips = self._printer.device.roll.slips
        number = request.path_params["number"]
        if not 1 <= number <= len(slips):
            return JSONResponse({"error": "there is no such slip"}, 404)
        slip = slips[number - 1]
        if request.url.path.endswith(".txt"):
            return Response(slip.transcript(), media_type="text/plain", headers=HEADERS)
        return Response(png(slip.image()), media_type="image/png", headers=HEADERS)

    async def _fault(self, request: Request) -> Response:
        return await self._change(request, self._let_fail)

    async def _let_fail(self, body: dict[str, Any]) -> None:
        self._printer.fault(str(body.get("fault", "")))

    async def _heal(self, request: Request) -> Response:
        return await self._change(request, lambda _: self._printer.heal())

    async def _feed(self, request: Request) -> Response:
        async def press(_: dict[str, Any]) -> None:
            self._printer.host.press_feed()

        return await self._change(request, press)

    async def _tear(self, request: Request) -> Response:
        async def tear(_: dict[str, Any]) -> None:
            self._printer.device.roll.tear()

        return await self._change(request, tear)

    async def _change(
        self, request: Request, change: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY_BYTES:
                return JSONResponse({"error": "too long"}, 413)
        try:
            said = json.loads(body or b"{}")
            await change(said if isinstance(said, dict) else {})
        except (ValueError, FaultError) as error:
            return JSONResponse({"error": str(error)}, 400)
        self._notify()
        return JSONResponse(self._say_state(), headers=HEADERS)

    async def _events(self, _request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=HEADERS)

    async def _stream(self) -> AsyncIterator[str]:
        changed = asyncio.Event()
        self._changed.add(changed)
        feed = PaperFeed(self._printer.device)
        said: dict[str, Any] = {}
        try:
            while not self._closing:
                changed.clear()
                for name, data in feed.news():
                    yield event_text(name, data)
                if said != (state := self._say_state()):
                    said = state
                    yield event_text("state", state)
                try:
                    await asyncio.wait_for(changed.wait(), ALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
                await asyncio.sleep(FRAME_S)
        finally:
            self._changed.discard(changed)
