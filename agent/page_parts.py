"""How the page sees the parts of the lane: the printer, headquarters, the paper, and what is up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from agent.help_desk import NO_PAPER, Paper
from agent.hq_link import HqLink
from agent.notices import ASIDE, notices
from agent.print_desk import PrintDesk
from agent.supervise import PartState, Supervisor
from cache.journal import Journal
from ground.clock import Clock
from offers.model import Language
from staff_help.lane_state import Light
from staff_help.lights import hq_light, no_hq, no_printer, printer_light


class Views(Struct, frozen=True):
    """Where the counter reads what it does not own."""

    printer: Callable[[Language], Light]
    hq: Callable[[Language], Light]
    paper: Paper
    parts: Mapping[str, PartState]
    notices: Callable[[Language], tuple[str, ...]]


def views_of(
    printing: PrintDesk | None,
    link: HqLink | None,
    supervisor: Supervisor,
    clock: Clock,
    journal: Journal,
) -> Views:
    """Look at a lane's printer and link, which it may not have, and at its journal."""

    def printer(tongue: Language) -> Light:
        if printing is None:
            return no_printer(tongue)
        state = printing.link
        return printer_light(state.what, state.since, clock.utc_now(), tongue, state.paper_low)

    def hq(tongue: Language) -> Light:
        if link is None:
            return no_hq(tongue)
        view = link.view
        return hq_light(view.up, view.since, view.outbox, clock.utc_now(), tongue)

    def troubles(tongue: Language) -> tuple[str, ...]:
        view = link.view if link is not None else None
        steady_since = view.since if view is not None and view.up else None
        noted = link.noted if link is not None else {}
        return notices(journal.meta(ASIDE), noted, steady_since, clock.utc_now(), tongue)

    paper = NO_PAPER
    if printing is not None:
        paper = Paper(printing.result, printing.again, printing.pictures, printing.picture)
    return Views(printer, hq, paper, supervisor.parts, troubles)
