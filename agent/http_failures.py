"""What a caller reads where a call did not work: every refusal is a `Problem` with its status."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from agent.refusals import Refused
from agent.till_types import Problem
from cache.errors import JournalFull, JournalUnwritable
from offers.model import Language
from staff_help.words import REFUSALS, spoken

log = logging.getLogger(__name__)

JSON = "application/json"
Failed = Callable[[Request, Exception], Awaitable[Response]]
DISK = {JournalFull: "disk_full", JournalUnwritable: "disk_failed"}  # nothing of the call is kept


def handlers(language: Language) -> dict[type[Exception], Failed]:
    """Give Starlette's table: which error is answered by what, in the lane's language."""
    disk = {kind: partial(on_disk, language, code) for kind, code in DISK.items()}
    return {Refused: on_refused, HTTPException: on_http_exception, **disk, Exception: on_bug}


def json_response(value: Struct, status: int = 200) -> Response:
    """Answer with a value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type=JSON)


async def on_refused(_request: Request, error: Exception) -> Response:
    """Answer a refusal of the guard, of the types or of the lane."""
    assert isinstance(error, Refused)
    response = json_response(error.problem, error.status)
    if error.status == 408:
        response.headers["connection"] = "close"  # the rest of the body may never come
    return response


async def on_http_exception(_request: Request, error: Exception) -> Response:
    """Answer an unknown path or method in the same form as every refusal."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        problem = Problem("no_such_call", "The lane has no such call.", "See /openapi.json.")
    else:
        problem = Problem("wrong_method", "The call has another method.", "See /openapi.json.")
    response = json_response(problem, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def on_disk(language: Language, code: str, request: Request, error: Exception) -> Response:
    """Answer where the disk takes no more, or fails: the till goes on without the lane."""
    log.error("! %s %s: %s", request.method, request.url.path, error)
    return json_response(Problem(code, *REFUSALS[spoken(language)][code]), 503)


async def on_bug(request: Request, error: Exception) -> Response:
    """Answer where our own code failed; the till goes on without the lane."""
    log.error("! %s %s failed", request.method, request.url.path, exc_info=error)
    problem = Problem("bug", "The lane failed inside.", "Go on without it, and tell store IT.")
    return json_response(problem, 500)
