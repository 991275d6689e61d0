"""The page's questions over HTTP: search, look back, and the pictures of slips. They change nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.desk import Desk
from agent.http_limits import Limits
from agent.refusals import Refused

MOST_ASKED = 256  # characters: a scanned coupon is the longest question
T = TypeVar("T")


def help_routes(desk: Desk, limits: Limits) -> tuple[Route, ...]:
    """Make the routes."""

    async def ask(request: Request) -> Response:
        return _json(await _in_time(desk.help.ask(_asked(request, "q")), limits))

    async def past(request: Request) -> Response:
        return _json(await _in_time(desk.help.look_back(_asked(request, "number")), limits))

    async def slip(request: Request) -> Response:
        picture = await _in_time(desk.help.slip(request.path_params["name"]), limits)
        if picture is None:
            raise Refused("no_such_slip", "The lane has no such slip any more.", "Reprint it.", 404)
        return Response(picture, media_type="image/png")

    return (
        Route("/v1/ask", ask, methods=["GET"]),
        Route("/v1/past", past, methods=["GET"]),
        Route("/v1/slips/{name}", slip, methods=["GET"]),
    )


def _asked(request: Request, name: str) -> str:
    text = request.query_params.get(name, "").strip()
    if not 0 < len(text) <= MOST_ASKED:
        raise Refused(
            "wrong_value",
            f"The question {name!r} is empty or longer than {MOST_ASKED} characters.",
            "Ask in a few words, or send one number.",
            422,
        )
    return text


async def _in_time(answer: Awaitable[T], limits: Limits) -> T:
    try:
        async with asyncio.timeout(limits.settle_s):
            return await answer
    except TimeoutError:
        raise Refused(
            "late",
            "The lane did not answer in time.",
            "Ask again in a moment.",
            503,
        ) from None


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
