"""Who stands at the lane: sign-in by badge or PIN, the idle lock, a manager's word. All written down.

A try at a PIN is counted in the journal before the PIN is looked at, and one is looked at a time:
neither a power cut nor a hundred calls at once buy a guess. Badge numbers and PINs are never kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct, structs

from agent.refusals import Refused
from agent.staff_papers import StaffPapers
from agent.staff_types import SignInIn, StaffOut
from cache.entries import Entry
from cache.journal import Journal
from ground.clock import Clock
from offers.model import Language
from offers.records import Noted
from staff_help import pins
from staff_help.goodwill import refuse
from staff_help.pins import EVERYBODY, NOBODY, Tries
from staff_help.roles import Member, Proof, Role, Staff

log = logging.getLogger("tillside.staff")

TRIES = "pin_tries"  # the journal's named value that outlives a restart
BADGES = "badges*"  # no id has a star
FREE = pins.FREE_TRIES
TRIES_KEPT = 500  # people; the oldest count falls out where a store has more


class SignedIn(Struct, frozen=True):
    """Who is signed in, how, and when something was last done in that name (monotonic seconds)."""

    id: str
    role: Role
    proof: Proof
    seen_s: float


class StaffSettings(Struct, frozen=True):
    """What the lane's own files say: after how long a lane locks, its language, the PINs' pepper."""

    idle_lock_s: int
    badge_prefix: str  # "": the lane's scanner reads no badges
    language: Language
    badge_key: Callable[[str], str]  # a badge's number -> its keyed hash
    peppers: Mapping[str, bytes]  # by key id; two while they rotate


class StaffDesk:
    """One lane's sign-in. One person at a time."""

    def __init__(
        self,
        journal: Journal,
        papers: StaffPapers,
        clock: Clock,
        settings: StaffSettings,
        changed: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._papers = papers
        self._clock = clock
        self._settings = settings
        self._changed = changed
        self._here: SignedIn | None = None
        self._trying = asyncio.Lock()

    @property
    def staff(self) -> Staff | None:
        """Give the people of this store; None where headquarters publishes none."""
        return self._papers.now.staff

    async def current(self) -> SignedIn | None:
        """Give who is signed in, and count this as done in that name; idle for too long is nobody."""
        here = self._here
        if here is None:
            return None
        now_s = self._clock.monotonic_s()
        member = self.staff.known(here.id) if self.staff is not None else None
        if now_s - here.seen_s > self._settings.idle_lock_s or member is None:
            self._here = None
            await self._note("staff_locked", here.id)
            return None
        self._here = structs.replace(here, seen_s=now_s, role=member.role)
        return self._here

    async def who(self) -> str:
        """Give the number of who is signed in, "" for nobody; this is a deed of that person."""
        here = await self.current()
        return here.id if here is not None else ""

    async def signed_in(self) -> StaffOut:
        """Tell the page who is signed in, and who could approve; this is no deed of that person."""
        here, staff = self._here, self.staff
        if staff is None:
            return StaffOut(published=False)
        idle = self._settings.idle_lock_s
        if here is not None and self._clock.monotonic_s() - here.seen_s > idle:
            here = None
        approvers = tuple(one.id for one in staff.approvers())
        if here is None:
            return StaffOut(True, idle_lock_s=idle, approvers=approvers)
        return StaffOut(True, here.id, here.role, here.proof, idle, approvers)

    async def takes(self, text: str) -> bool:
        """Take a scan of the lane's own scanner if it is a badge; a stranger's signs nobody in.

        The number is hashed here, and goes no further.
        """
        prefix = self._settings.badge_prefix
        if not prefix or not text.startswith(prefix):
            return False
        member = self._bearer(text)
        if member is not None:
            await self._enter(member, "badge")
        else:
            await self._note("staff_refused", "badge at the scanner")
        return True

    async def sign_in(self, wanted: SignInIn) -> StaffOut:
        """Sign somebody in by badge, or by number and PIN.

        Raises:
            Refused: it is not right, or no try is taken now.
        """
        if wanted.badge:
            return await self.sign_in_by_badge(wanted.badge)
        return await self.sign_in_by_pin(wanted.id, wanted.pin)

    async def sign_in_by_badge(self, number: str) -> StaffOut:
        """Sign in who carries the badge, as a caller tells it: a number can be guessed as a PIN can.

        Raises:
            Refused: it is nobody's, or too many were.
        """
        async with self._trying:
            before = self._tries()
            await self._count(before, {BADGES: pins.LANE_TRIES})
            member = self._bearer(number)
            if member is not None:
                await self._keep(before)
        if member is None:
            await self._note("staff_refused", "badge")
            raise self.refused("sign_in_refused")
        return await self._enter(member, "badge")

    async def sign_in_by_pin(self, staff_id: str, pin: str) -> StaffOut:
        """Sign in who knows the PIN.

        Raises:
            Refused: number or PIN is wrong, or too many were.
        """
        return await self._enter(await self.checked(staff_id, pin), "pin")

    async def sign_out(self) -> StaffOut:
        """Sign out who is there."""
        if self._here is not None:
            await self._note("staff_out", self._here.id)
        self._here = None
        self._changed()
        return await self.signed_in()

    async def checked(self, staff_id: str, pin: str) -> Member:
        """Give the person whose number and PIN these are.

        Raises:
            Refused: they are not, or no try is taken now. Which of them was wrong is not told.
        """
        if not self._settings.peppers:
            raise self.refused("pin_unavailable")
        async with self._trying:
            member = self.staff.known(staff_id) if self.staff is not None else None
            who = member.id if member is not None and member.pin else ""
            before = self._tries()
            await self._count(before, {EVERYBODY: pins.LANE_TRIES, **({who: FREE} if who else {})})
            encoded = member.pin if member is not None and member.pin else NOBODY
            if await asyncio.to_thread(self._fits, encoded, pin) and member is not None:
                await self._keep(_taken_back(before, self._tries(), who))
                return member
        await self._note("staff_refused", f"pin {who or 'of nobody'}")
        raise self.refused("sign_in_refused")

    def refused(self, code: str, **facts: str) -> Refused:
        """Say a refusal in the lane's language."""
        said = refuse(code, self._settings.language, **facts)
        return Refused(said.code, said.what, said.do, 409)

    def _bearer(self, number: str) -> Member | None:
        key = self._settings.badge_key(number.removeprefix(self._settings.badge_prefix))
        return self.staff.by_badge(key) if self.staff is not None else None

    def _fits(self, encoded: str, pin: str) -> bool:
        """Try every pepper, so that the time does not tell which; a pin of another form is tried too."""
        good = pins.is_pin(pin)
        found = [pins.pin_fits(encoded, pin, key) for key in self._settings.peppers.values()]
        return good and any(found)

    async def _count(self, tries: dict[str, Tries], of: dict[str, int]) -> None:
        """Count a miss before looking, under each of these names with so many free ones.

        Raises:
            Refused: one of them is locked; nothing is counted or written then.
        """
        now = self._clock.utc_now()
        wait_s = max(pins.locked_s(tries.get(name, Tries()), now) for name in of)
        if wait_s:
            raise self.refused("pin_locked", most=str(-(-wait_s // 60)))
        counted = {n: pins.missed(tries.get(n, Tries()), now, free) for n, free in of.items()}
        await self._keep({**tries, **counted})
        for name, one in counted.items():
            if one.until is not None:
                await self._note("staff_pin_locked", f"{name} until {one.until:%Y-%m-%dT%H:%MZ}")

    def _tries(self) -> dict[str, Tries]:
        said = self._journal.meta(TRIES)
        return msgspec.json.decode(said, type=dict[str, Tries]) if said else {}

    async def _keep(self, tries: dict[str, Tries]) -> None:
        newest = sorted(tries.items(), key=lambda one: str(one[1].last), reverse=True)
        kept = dict(newest[:TRIES_KEPT])
        if EVERYBODY in tries:
            kept[EVERYBODY] = tries[EVERYBODY]
        await self._journal.set_meta(TRIES, msgspec.json.encode(kept).decode())

    async def _enter(self, member: Member, proof: Proof) -> StaffOut:
        self._here = SignedIn(member.id, member.role, proof, self._clock.monotonic_s())
        await self._note("staff_in", f"{member.id} {member.role} {proof}")
        self._changed()
        return await self.signed_in()

    async def _note(self, code: str, detail: str) -> None:
        at: datetime = self._clock.utc_now()
        await self._journal.append(Entry(Noted(code, detail), at))


def _taken_back(before: dict[str, Tries], after: dict[str, Tries], who: str) -> dict[str, Tries]:
    """Forget the misses of who knew the PIN; those of others stay counted against the lane."""
    tries = {name: one for name, one in after.items() if name != who}
    lane = before.get(EVERYBODY, Tries())
    return {**tries, EVERYBODY: pins.taken_back(lane, after[EVERYBODY])}
