"""The printer's own calls, for `tillside printer`: how it is, and a test or calibration slip.

They stand behind the same guard and token as the till's calls; a lane that runs holds its printer's
port, so that everybody else asks the lane.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from agent.print_desk import PrintDesk
from agent.refusals import Refused
from agent.till_types import TillMessage
from printer.calibration import calibration_job
from printer.escpos import Job, encode_job
from printer.profile import Profile
from printer.slip import Code, Slip

JSON = "application/json"
MOST_BODY = 1000
WITHIN_S = {"test": 20.0, "calibration": 120.0}  # a wedge of dots takes its time at 9,600 baud


class PrinterJobIn(TillMessage, frozen=True):
    """POST /v1/printer/jobs: print a slip that is no coupon."""

    what: Literal["test", "calibration"]


class PrinterJobOut(Struct, frozen=True):
    """A slip of ours: `result` is empty while it is under way."""

    job: str
    result: str = ""
    detail: str = ""
    plan: str = ""


class PrinterOut(Struct, frozen=True):
    """GET /v1/printer: the printer as the lane knows it. `pictures` are in its own memory."""

    url: str
    profile: str
    proved: tuple[str, ...]
    what: str
    since: str
    paper_low: bool
    waiting: int
    pictures: int
    jobs: tuple[PrinterJobOut, ...] = ()


def proved(profile: Profile) -> tuple[str, ...]:
    """Name what the profile says that the unit does, as an operator reads it."""
    facts = {
        "says how it is when asked": profile.realtime_status,
        "tells of changes by itself": profile.asb,
        "answers fences": profile.gs_r,
        "names jobs": profile.process_id,
        "names a job after its paper moved": profile.fence_follows_paper,
        "keeps pictures": profile.nv,
    }
    return tuple(name for name, so in facts.items() if so)


def slip_to_try() -> Slip:
    """Make a slip that no till takes for a coupon."""
    return Slip(
        job="test",
        headline="Test of the printer",
        counts="If you can read this, and a scanner reads the code, all is well.",
        code=Code("qr", "TILLSIDE PRINTER TEST", "no coupon"),
    )


def content_of(what: str, profile: Profile) -> tuple[Slip, ...] | Job:
    """Give what is to be printed: "test" or "calibration"."""
    if what == "test":
        return (slip_to_try(),)
    return encode_job(calibration_job(profile), profile)


def printer_out(printing: PrintDesk) -> PrinterOut:
    """Say how the lane's printer is."""
    state = printing.queue.state
    jobs = [
        PrinterJobOut(job)
        if result is None
        else PrinterJobOut(job, result.result, result.detail, result.plan)
        for job, result in printing.own_jobs
    ]
    return PrinterOut(
        url=printing.url,
        profile=printing.profile.name,
        proved=proved(printing.profile),
        what=state.link.what,
        since=state.link.since.isoformat(),
        paper_low=state.link.paper_low,
        waiting=state.waiting,
        pictures=len(printing.memory.stored) if printing.memory is not None else 0,
        jobs=tuple(jobs),
    )


def printer_routes(printing: PrintDesk | None) -> tuple[Route, ...]:
    """Make both routes."""

    async def how(_request: Request) -> Response:
        return _json(printer_out(_there(printing)))

    async def print_own(request: Request) -> Response:
        desk = _there(printing)
        try:
            wish = msgspec.json.decode((await request.body())[:MOST_BODY], type=PrinterJobIn)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Refused(
                "wrong_value", str(error), "Send what docs/printing.md says.", 422
            ) from None
        job = desk.print_own(content_of(wish.what, desk.profile), WITHIN_S[wish.what])
        return _json(PrinterJobOut(job))

    return (
        Route("/v1/printer", how, methods=["GET"]),
        Route("/v1/printer/jobs", print_own, methods=["POST"]),
    )


def _there(printing: PrintDesk | None) -> PrintDesk:
    if printing is None:
        raise Refused(
            "no_printer",
            "This lane has no printer.",
            "Set url under [printer] in its configuration, and restart it.",
            409,
        )
    return printing


def _json(value: Struct) -> Response:
    return Response(msgspec.json.encode(value), media_type=JSON)
