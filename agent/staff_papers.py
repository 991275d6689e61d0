"""What headquarters publishes for the staff, read once a generation: scripts, people, limits.

A generation without them has the built-in scripts and nobody to sign in. A script of a newer
headquarters that this version cannot read, or that would leave a cashier without a way out, is
refused alone: the built-in one takes its place.
"""

from __future__ import annotations

import logging

import msgspec
from msgspec import Raw, Struct

from cache.generation import Generation
from cache.shelf import Shelf
from offers.catalogue import Script as Complaint
from staff_help.roles import Staff
from staff_help.script import Script, built_in
from staff_help.script_lint import faults

log = logging.getLogger("tillside.staff")


class Papers(Struct, frozen=True):
    """One generation's scripts by complaint, and its staff; None where none is published."""

    scripts: dict[Complaint, Script]
    staff: Staff | None


class StaffPapers:
    """Gives the papers of the generation in force."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._read: tuple[Generation, Papers] | None = None

    @property
    def now(self) -> Papers:
        """Give the papers in force now."""
        generation = self._shelf.generation
        if self._read is None or self._read[0] is not generation:
            self._read = (generation, read_papers(generation))
        return self._read[1]


def read_papers(generation: Generation) -> Papers:
    """Read what a generation has, over what is built in."""
    found = dict(built_in())
    for body in _list(generation.document("scripts")):
        script = _script(bytes(body))
        if script is not None:
            found[script.script] = script
    return Papers(found, _staff(generation.document("staff")))


def _list(body: bytes | None) -> list[Raw]:
    try:
        return [] if body is None else msgspec.json.decode(body, type=list[Raw])
    except msgspec.MsgspecError as error:
        log.warning("! the published scripts cannot be read: %s", error)
        return []


def _script(body: bytes) -> Script | None:
    try:
        script = msgspec.json.decode(body, type=Script)
    except (msgspec.MsgspecError, ValueError) as error:
        log.warning("! a published script cannot be read: %s", error)
        return None
    wrong = faults(script)
    if wrong:
        log.error("! the script %s is refused: %s", script.script, wrong[0].what)
    return None if wrong else script


def _staff(body: bytes | None) -> Staff | None:
    try:
        return None if body is None else msgspec.json.decode(body, type=Staff)
    except (msgspec.MsgspecError, ValueError) as error:
        log.warning("! the published staff cannot be read: nobody can sign in: %s", error)
        return Staff()
