"""The lane's HTTP face: the till's calls, the page, its events and the lane's health.

Order of a request: the guard, the route, the body's type, the lane's verb within its deadline.
Every refusal is a `Problem`: a code, what happened, what to do.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from agent.desk import Desk
from agent.dispute_calls import DISPUTE_CALLS
from agent.http_calls import CALLS, ID_PATTERN, Call
from agent.http_failures import JSON, handlers, json_response
from agent.http_guard import Guard
from agent.http_help import help_routes
from agent.http_limits import Limits
from agent.http_page import page_routes
from agent.http_printer import printer_routes
from agent.http_stream import stream_route
from agent.openapi import openapi
from agent.page_calls import PAGE_OWN
from agent.page_keys import PageKeys
from agent.print_desk import PrintDesk
from agent.refusals import Refused

log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(
    desk: Desk,
    token: str,
    page: PageKeys,
    limits: Limits | None = None,
    printing: PrintDesk | None = None,
) -> ASGIApp:
    """Make the lane's whole HTTP face.

    Args:
        desk: the lane.
        token: what a till sends as "Authorization: Bearer"; read from a 0600 file by the caller.
        page: makes and checks the page's keys.
        limits: the bounds of sizes and times; the usual ones where none are given.
        printing: the lane's printer, if it has one.
    """
    limits = limits or Limits()
    routes = [
        *(call_route(call, desk, limits) for call in (*CALLS, *DISPUTE_CALLS, *PAGE_OWN)),
        stream_route(desk, page, limits),
        Route("/healthz", health_endpoint(desk), methods=["GET"]),
        Route("/openapi.json", openapi_endpoint(), methods=["GET"]),
        *help_routes(desk, limits),
        *page_routes(page, desk.language),
        *printer_routes(printing),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers=handlers(desk.language),
    )
    app.router.redirect_slashes = False
    return Guard(app, token, page, limits)


def call_route(call: Call, desk: Desk, limits: Limits) -> Route:
    """Make the route of one call."""
    decode = None if call.takes is None else msgspec.json.Decoder(call.takes).decode

    async def endpoint(request: Request) -> Response:
        uid_path = transaction_id(request)
        body = None if decode is None else await read_body(request, decode)
        given = await before(call.answer(desk, uid_path, body), call.patience_s(limits), call.name)
        return json_response(given)

    return Route(call.path, endpoint, methods=[call.method])


def health_endpoint(desk: Desk) -> Endpoint:
    """Make the endpoint that tells how the lane is: 503 while the till should not wait for it."""

    async def endpoint(_request: Request) -> Response:
        health = await desk.health()
        return json_response(health, 200 if health.ready else 503)

    return endpoint


def openapi_endpoint() -> Endpoint:
    """Make the endpoint that gives the contract, made once."""
    body = msgspec.json.encode(openapi())

    async def endpoint(_request: Request) -> Response:
        return Response(body, media_type=JSON)

    return endpoint


def transaction_id(request: Request) -> str:
    """Give the id in the path, "" where the path has none.

    Raises:
        Refused: the id has another form.
    """
    uid_path: str = request.path_params.get("id", "")
    if "id" in request.path_params and not re.fullmatch(ID_PATTERN.strip("^$"), uid_path):
        raise Refused(
            "bad_id",
            "The transaction's id has a form that the lane does not take.",
            "Send 1 to 64 letters, digits, dots, dashes, underscores or colons.",
            422,
        )
    return uid_path


async def read_body(request: Request, decode: Callable[[bytes], Any]) -> Any:
    """Read the body and give it its type.

    Raises:
        Refused: it is not JSON by its type (415) or its text (400), or has wrong values (422).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Refused(
            "not_json_type",
            "The body is not said to be JSON.",
            f"Send the header 'Content-Type: {JSON}'.",
            415,
        )
    body = await request.body()
    try:
        return decode(body)
    except msgspec.ValidationError as error:
        raise Refused("wrong_value", str(error), "Send what /openapi.json says.", 422) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("malformed", str(error), "Send one JSON object in UTF-8.", 400) from None


async def before(work: Awaitable[Struct], seconds: float, name: str) -> Struct:
    """Await the lane's answer for so long; later it goes on by itself, and a repeat finds it.

    Raises:
        Refused: no answer in time. The till goes on without the lane.
    """
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if done:
        return task.result()
    task.add_done_callback(partial(note_late, name))
    raise Refused(
        "late",
        "The lane did not answer in time.",
        "Go on without it; for a tender, void, return or dispute send the same call again later.",
        503,
    )


def note_late(name: str, task: asyncio.Future[Struct]) -> None:
    """Say how a call ended that came too late for its caller."""
    error = None if task.cancelled() else task.exception()
    log.warning("! %s ended late: %s", name, type(error).__name__ if error else "done")
