"""Single use, the arbiter's half: who has a serial. The caller stores first, and answers after.

The same rules run at headquarters and in the lane that arbitrates for its store. What is told later
(`apply`) may come twice and in any order: the same words end in the same uses, whoever came first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct, structs

from offers.model import Serial
from offers.records import ClaimId
from sync.messages import Claim, ClaimAnswer, Word

Grave = Literal["released", "denied"]


class Holding(Struct, frozen=True):
    """Who has a serial: where it was claimed, when the arbiter heard of it, and whether it is used."""

    claim: ClaimId
    where: str
    when: datetime
    redeemed: bool = False


class Duplicate(Struct, frozen=True):
    """A use of a serial that another claim holds: an accepted risk, or a fault, never unflagged.

    Not `used`: a grant of an earlier arbiter that another claim seems to stand against. It has the
    serial once that one is released; until then it is no second use.
    """

    serial: Serial
    claim: ClaimId
    where: str
    when: datetime
    used: bool = True


class Ledger(Protocol):
    """What the arbiter remembers. Everything written in one call stands or falls together."""

    def holding(self, serial: Serial) -> Holding | None:
        """Tell who has the serial."""

    def hold(self, serial: Serial, holding: Holding) -> None:
        """Give the serial to a claim, or replace what is known of it."""

    def free(self, serial: Serial) -> None:
        """Take the serial back from whoever has it."""

    def grave(self, serial: Serial, claim: ClaimId) -> Grave | None:
        """Tell whether this claim is over, and how."""

    def bury(self, serial: Serial, claim: ClaimId, how: Grave) -> None:
        """Remember that this claim is over; "released" outlasts "denied"."""

    def flag(self, duplicate: Duplicate) -> None:
        """Remember a second use, or a grant that waits; a use outlasts a grant of the same claim."""

    def flagged(self, serial: Serial) -> list[Duplicate]:
        """List the second uses of a serial and then the grants that wait, in the order of claims."""

    def note(self, word: Word) -> None:
        """Tell headquarters what was decided: a grant, a use that counts, a second use."""


class Arbiter:
    """The one that decides who has a serial."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def on_claim(self, claim: Claim, where: str, at: datetime, term: int = 0) -> ClaimAnswer:
        """Grant or deny, once and for ever: the same question gets the same answer."""
        serial, mine = claim.serial, claim.claim
        holding = self._ledger.holding(serial)
        if self._ledger.grave(serial, mine) is None:
            if holding is None:
                self._ledger.hold(serial, Holding(mine, where, at))
                self._ledger.note(Word("held", serial, mine, where, at))
                return ClaimAnswer(mine, serial, "grant", term=term)
            if holding.claim == mine:
                return ClaimAnswer(mine, serial, "grant", term=term)
            self._ledger.bury(serial, mine, "denied")
        if holding is None:
            return ClaimAnswer(mine, serial, "deny", term=term)
        place, when, redeemed = holding.where, holding.when, holding.redeemed
        return ClaimAnswer(mine, serial, "deny", place, when, redeemed, term)

    def apply(self, word: Word) -> Duplicate | None:
        """Take what a lane or headquarters tells of a claim; give a second use that is news."""
        match word.what:
            case "released":
                self.on_release(word.serial, word.claim)
                return None
            case "held":
                self.on_held(word.serial, word.claim, word.where, word.at)
                return None
            case "redeemed":
                return self.on_redeemed(word.serial, word.claim, word.where, word.at)
            case _:
                return self.on_report(word.serial, word.claim, word.where, word.at)

    def on_held(self, serial: Serial, claim: ClaimId, where: str, at: datetime) -> None:
        """Take a grant of the arbiter before: the serial is not free."""
        if self._ledger.grave(serial, claim) == "released":
            return
        holding = self._ledger.holding(serial)
        if holding is None:
            self._ledger.hold(serial, Holding(claim, where, at))
        elif holding.claim != claim:
            self._ledger.flag(Duplicate(serial, claim, where, at, used=False))

    def on_release(self, serial: Serial, claim: ClaimId) -> None:
        """Free the serial if this very claim has it; the claim is over in any case.

        Where a second use of the serial stands, it is the only one now, and holds it; else a grant
        that waits does.
        """
        holding = self._ledger.holding(serial)
        self._ledger.bury(serial, claim, "released")
        if holding is not None and holding.claim == claim:
            self._ledger.free(serial)
            self._promote(serial)

    def on_report(
        self, serial: Serial, claim: ClaimId, where: str, at: datetime
    ) -> Duplicate | None:
        """Take a use that was accepted without an answer, even after a denial; flag a second one."""
        return self._use(serial, Holding(claim, where, at))

    def on_redeemed(
        self, serial: Serial, claim: ClaimId, where: str, at: datetime
    ) -> Duplicate | None:
        """Take a finished redemption: the serial is used up, not only held."""
        return self._use(serial, Holding(claim, where, at, redeemed=True))

    def _use(self, serial: Serial, use: Holding) -> Duplicate | None:
        if self._ledger.grave(serial, use.claim) == "released":
            return None
        holding = self._ledger.holding(serial)
        if holding is not None and holding.claim != use.claim:
            return self._second(serial, use)
        if holding is None:
            self._ledger.hold(serial, use)
        elif use.redeemed and not holding.redeemed:
            self._ledger.hold(serial, structs.replace(holding, redeemed=True))
        # Said even where it was granted before: that word may have been lost with an earlier term.
        self._ledger.note(Word("used", serial, use.claim, use.where, use.when))
        return None

    def _second(self, serial: Serial, use: Holding) -> Duplicate:
        duplicate = Duplicate(serial, use.claim, use.where, use.when)
        known = (it for it in self._ledger.flagged(serial) if it.used)
        if all(it.claim != use.claim for it in known):
            self._ledger.flag(duplicate)
            self._ledger.note(Word("second", serial, use.claim, use.where, use.when))
        return duplicate

    def _promote(self, serial: Serial) -> None:
        for second in self._ledger.flagged(serial):
            if self._ledger.grave(serial, second.claim) != "released":
                use = Holding(second.claim, second.where, second.when, second.used)
                self._ledger.hold(serial, use)
                what: Literal["used", "held"] = "used" if second.used else "held"
                self._ledger.note(Word(what, serial, use.claim, use.where, use.when))
                return
