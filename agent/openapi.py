"""/openapi.json, made from the calls' table and the types: it cannot say what is not so."""

from __future__ import annotations

from typing import Any

import msgspec

from agent.desk import HealthOut
from agent.dispute_calls import DISPUTE_CALLS
from agent.http_calls import CALLS, ID_PATTERN, Call
from agent.http_page import PageOut
from agent.till_types import Problem
from staff_help.lane_state import LaneState

EVERY = (*CALLS, *DISPUTE_CALLS)
# status -> when
BODY_REFUSALS = {
    400: "The body is not JSON.",
    413: "The body is larger than 256 KiB.",
    415: "The body is not said to be JSON.",
    422: "A value has the wrong type or is out of its range.",
}
REFUSALS = {
    401: "No valid token.",
    403: "Wrong Host, or a foreign page.",
    404: "The lane knows no such sale.",
    408: "The body did not arrive in time.",
    409: "The state of the sale says no.",
    503: "No answer in time, too many callers, or a disk that takes nothing: go on without the lane.",
}
TOKEN: list[dict[str, list[str]]] = [{"token": []}]
PAGE_TOO: list[dict[str, list[str]]] = [{"token": []}, {"page": []}]


def openapi() -> dict[str, Any]:
    """Give the whole document (OpenAPI 3.1)."""
    types = [call.takes for call in EVERY if call.takes] + [call.gives for call in EVERY]
    extra = [Problem, HealthOut, LaneState, PageOut]
    _, schemas = msgspec.json.schema_components(
        [*types, *extra], ref_template="#/components/schemas/{name}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tillside: a lane's local API",
            "version": "1",
            "description": "See docs/till_api.md. Of a JSON object's equal keys the last wins.",
        },
        "paths": paths(),
        "components": {"schemas": schemas, "securitySchemes": security_schemes()},
    }


def paths() -> dict[str, Any]:
    """Give every path with its calls."""
    found: dict[str, Any] = {}
    for call in EVERY:
        found.setdefault(call.path, {})[call.method.lower()] = operation(call)
    found["/v1/events"] = {"get": events_operation()}
    found["/v1/page"] = {"post": page_operation()}
    found["/healthz"] = {"get": health_operation()}
    return found


def operation(call: Call) -> dict[str, Any]:
    """Give one call."""
    refusals = REFUSALS | (BODY_REFUSALS if call.takes else {}) | id_refusal(call)
    made: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.about,
        "security": PAGE_TOO if call.for_page else TOKEN,
        "responses": {"200": answer("The answer.", call.gives)} | problems(refusals),
    }
    if call.takes is not None:
        made["requestBody"] = {"required": True, "content": json_of(call.takes)}
    if "{id}" in call.path:
        schema = {"type": "string", "pattern": ID_PATTERN}
        made["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": schema}]
    return made


def events_operation() -> dict[str, Any]:
    """Give the event stream; each "state" event carries a whole LaneState."""
    content = {"text/event-stream": {"schema": {"type": "string"}}}
    return {
        "operationId": "events",
        "summary": "The lane's state, now and at each change, as server-sent events.",
        "description": "Event 'state': a LaneState. Event 'beat': every few seconds.",
        "security": PAGE_TOO,
        "responses": {"200": {"description": "The stream.", "content": content}}
        | problems({code: REFUSALS[code] for code in (401, 403, 503)}),
    }


def page_operation() -> dict[str, Any]:
    """Give the call that opens the page."""
    return {
        "operationId": "new_page",
        "summary": "Make an address that opens the cashier's page once.",
        "security": TOKEN,
        "responses": {"200": answer("The address.", PageOut)}
        | problems({code: REFUSALS[code] for code in (401, 403)}),
    }


def health_operation() -> dict[str, Any]:
    """Give the health call; it needs no token."""
    return {
        "operationId": "health",
        "summary": "May the till use the lane, and how is each part?",
        "security": [],
        "responses": {
            "200": answer("The lane is ready.", HealthOut),
            "503": answer("The lane is not ready: sell without it.", HealthOut),
        }
        | problems({403: REFUSALS[403]}),
    }


def id_refusal(call: Call) -> dict[int, str]:
    """Give the refusal of a path's id, where the call has one and no body to share it with."""
    return {422: "The id or a value is not of the form."} if "{id}" in call.path else {}


def problems(refusals: dict[int, str]) -> dict[str, Any]:
    """Give refusals by status, lowest first."""
    return {str(code): answer(refusals[code], Problem) for code in sorted(refusals)}


def answer(description: str, gives: type[msgspec.Struct]) -> dict[str, Any]:
    """Give one answer."""
    return {"description": description, "content": json_of(gives)}


def json_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Give a JSON content of one type."""
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}


def security_schemes() -> dict[str, Any]:
    """Give the two keys: the till's token and the page's cookie."""
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "page": {"type": "apiKey", "in": "cookie", "name": "tillside_page"},
    }
