"""What every ledger behind the arbiter must do: subclass `ArbiterSuite`, give a `ledger` fixture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from offers.model import CouponNumber, OfferId, Serial
from offers.records import ClaimId, Incarnation, Uid
from sync.arbiter import Arbiter, Duplicate, Grave, Holding, Ledger
from sync.messages import Claim, ClaimAnswer, Word

SERIAL, OTHER = Serial("000010010001"), Serial("000010020002")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
A = ClaimId(Incarnation("a" * 16), 7)
B = ClaimId(Incarnation("b" * 16), 7)
A_AGAIN = ClaimId(Incarnation("a" * 16), 8)


class MemoryLedger:
    """A ledger that lives as long as the test."""

    def __init__(self) -> None:
        self.holdings: dict[Serial, Holding] = {}
        self.graves: dict[tuple[Serial, ClaimId], Grave] = {}
        self.duplicates: dict[tuple[Serial, ClaimId], Duplicate] = {}
        self.notes: list[Word] = []

    def holding(self, serial: Serial) -> Holding | None:
        return self.holdings.get(serial)

    def hold(self, serial: Serial, holding: Holding) -> None:
        self.holdings[serial] = holding

    def free(self, serial: Serial) -> None:
        self.holdings.pop(serial, None)

    def grave(self, serial: Serial, claim: ClaimId) -> Grave | None:
        return self.graves.get((serial, claim))

    def bury(self, serial: Serial, claim: ClaimId, how: Grave) -> None:
        if self.graves.get((serial, claim)) != "released":
            self.graves[serial, claim] = how

    def flag(self, duplicate: Duplicate) -> None:
        place = duplicate.serial, duplicate.claim
        known = self.duplicates.get(place)
        if known is None or duplicate.used > known.used:
            self.duplicates[place] = duplicate

    def flagged(self, serial: Serial) -> list[Duplicate]:
        found = (d for (of, _), d in self.duplicates.items() if of == serial)
        return sorted(found, key=lambda duplicate: (not duplicate.used, duplicate.claim))

    def note(self, word: Word) -> None:
        self.notes.append(word)


def ask(claim: ClaimId, serial: Serial = SERIAL) -> Claim:
    coupon = CouponNumber("9501101530003")
    return Claim(claim, serial, coupon, OfferId("jam"), Uid("0" * 32), NINE)


def granted(claim: ClaimId) -> ClaimAnswer:
    return ClaimAnswer(claim, SERIAL, "grant")


class ArbiterSuite:
    """The arbiter's rules, one truth a test, over any ledger."""

    @pytest.fixture
    def arbiter(self, ledger: Ledger) -> Arbiter:
        return Arbiter(ledger)

    def test_the_first_claim_gets_the_serial(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """A free serial goes to whoever asks first, with the place and the time of the claim."""
        assert arbiter.on_claim(ask(A), "S1/1", NINE) == granted(A)
        assert ledger.holding(SERIAL) == Holding(A, "S1/1", NINE)
        assert ledger.holding(OTHER) is None

    def test_a_repeated_claim_is_granted_again(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """A repeat changes nothing, the time of the claim neither."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        assert arbiter.on_claim(ask(A), "S1/1", TEN) == granted(A)
        assert ledger.holding(SERIAL) == Holding(A, "S1/1", NINE)

    def test_a_second_claim_is_denied_with_who_and_when(self, arbiter: Arbiter) -> None:
        """The cashier can say where and when the coupon went."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        denied = ClaimAnswer(B, SERIAL, "deny", "S1/1", NINE)
        assert arbiter.on_claim(ask(B), "S1/2", TEN) == denied

    def test_a_denial_is_final(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """The denied attempt stays denied when the serial is free again; a new attempt gets it."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        arbiter.on_claim(ask(B), "S1/2", NINE)
        arbiter.on_release(SERIAL, A)
        assert arbiter.on_claim(ask(B), "S1/2", TEN) == ClaimAnswer(B, SERIAL, "deny")
        assert ledger.grave(SERIAL, B) == "denied"
        new = ClaimId(B.epoch, 9)
        assert arbiter.on_claim(ask(new), "S1/2", TEN) == granted(new)

    def test_a_release_that_overtakes_its_claim_wins(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """The tombstone refuses the claim that comes after it: no ghost holds the serial."""
        arbiter.on_release(SERIAL, A)
        assert arbiter.on_claim(ask(A), "S1/1", NINE).answer == "deny"
        assert ledger.holding(SERIAL) is None
        assert ledger.grave(SERIAL, A) == "released"

    def test_a_release_frees_only_its_own_claim(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """Another attempt's release leaves the holder alone, even one of the same lane."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        arbiter.on_release(SERIAL, B)
        arbiter.on_release(SERIAL, A_AGAIN)
        assert ledger.holding(SERIAL) == Holding(A, "S1/1", NINE)

    def test_a_report_takes_a_free_serial(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """A use accepted while nobody answered holds the serial from now on."""
        assert arbiter.on_report(SERIAL, A, "S1/1", NINE) is None
        assert arbiter.on_claim(ask(B), "S1/2", TEN).answer == "deny"
        assert ledger.holding(SERIAL) == Holding(A, "S1/1", NINE)

    def test_a_report_after_a_denial_is_flagged(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """The denial that the lane never heard does not hide its provisional use."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        arbiter.on_claim(ask(B), "S1/2", NINE)
        flagged = Duplicate(SERIAL, B, "S1/2", TEN)
        assert arbiter.on_report(SERIAL, B, "S1/2", TEN) == flagged
        assert ledger.holding(SERIAL) == Holding(A, "S1/1", NINE)

    def test_a_report_after_its_own_release_is_nothing(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """A voided provisional use, told late, does not lock the serial."""
        arbiter.on_release(SERIAL, A)
        assert arbiter.on_report(SERIAL, A, "S1/1", NINE) is None
        assert ledger.holding(SERIAL) is None

    def test_a_release_outlasts_a_denial(self, arbiter: Arbiter, ledger: Ledger) -> None:
        """Denied, used provisionally, voided: the report that comes last is not a use."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        arbiter.on_claim(ask(B), "S1/2", NINE)
        arbiter.on_release(SERIAL, B)
        arbiter.on_claim(ask(B), "S1/2", NINE)
        assert ledger.grave(SERIAL, B) == "released"
        assert arbiter.on_report(SERIAL, B, "S1/2", TEN) is None

    def test_a_redemption_marks_the_serial_used(self, arbiter: Arbiter) -> None:
        """A later denial says that the coupon is used, not only held."""
        arbiter.on_claim(ask(A), "S1/1", NINE)
        assert arbiter.on_redeemed(SERIAL, A, "S1/1", TEN) is None
        denied = ClaimAnswer(B, SERIAL, "deny", "S1/1", NINE, redeemed=True)
        assert arbiter.on_claim(ask(B), "S1/2", TEN) == denied

    def test_a_redemption_by_another_claim_is_flagged(self, arbiter: Arbiter) -> None:
        """Two redemptions of one serial never stand unseen."""
        arbiter.on_redeemed(SERIAL, A, "S1/1", NINE)
        assert arbiter.on_redeemed(SERIAL, B, "S1/2", TEN) == Duplicate(SERIAL, B, "S1/2", TEN)

    def test_a_return_frees_a_used_serial(self, arbiter: Arbiter) -> None:
        """The release of a whole return gives the coupon its life back, for a new attempt."""
        arbiter.on_redeemed(SERIAL, A, "S1/1", NINE)
        arbiter.on_release(SERIAL, A)
        assert arbiter.on_claim(ask(B), "S1/2", TEN) == granted(B)

    def test_the_second_use_holds_the_serial_once_the_first_is_undone(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """Used twice, then the first sale comes back whole: the serial is used, and not free."""
        arbiter.on_redeemed(SERIAL, A, "S1/1", NINE)
        arbiter.on_report(SERIAL, B, "S1/2", TEN)
        arbiter.on_release(SERIAL, A)
        assert ledger.holding(SERIAL) == Holding(B, "S1/2", TEN, redeemed=True)
        arbiter.on_release(SERIAL, B)
        assert ledger.holding(SERIAL) is None

    def test_a_second_use_that_was_undone_holds_nothing(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """Both uses undone, the second one first: the serial is free."""
        arbiter.on_redeemed(SERIAL, A, "S1/1", NINE)
        arbiter.on_report(SERIAL, B, "S1/2", TEN)
        arbiter.on_release(SERIAL, B)
        arbiter.on_release(SERIAL, A)
        assert ledger.holding(SERIAL) is None

    def test_a_grant_of_the_arbiter_before_keeps_the_serial(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """What was granted elsewhere is not free here; what was given back meanwhile is."""
        arbiter.apply(Word("held", SERIAL, A, "S1/1", NINE))
        assert arbiter.on_claim(ask(B), "S1/2", TEN).answer == "deny"
        arbiter.apply(Word("released", OTHER, A, "S1/1", NINE))
        arbiter.apply(Word("held", OTHER, A, "S1/1", NINE))
        assert ledger.holding(OTHER) is None

    def test_a_second_grant_of_earlier_arbiters_waits_for_the_first(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """Granted, given back, granted again: the word of the first grant's release comes last."""
        arbiter.apply(Word("held", SERIAL, A, "S1/1", NINE))
        arbiter.apply(Word("held", SERIAL, B, "S1/2", TEN))
        assert [it.used for it in ledger.flagged(SERIAL)] == [False]
        arbiter.apply(Word("released", SERIAL, A, "S1/1", TEN))
        assert ledger.holding(SERIAL) == Holding(B, "S1/2", TEN)
        arbiter.on_report(SERIAL, A_AGAIN, "S1/1", TEN)
        assert [it.claim for it in ledger.flagged(SERIAL) if it.used] == [A_AGAIN]

    def test_a_grant_that_waited_and_was_used_is_a_second_use(
        self, arbiter: Arbiter, ledger: Ledger
    ) -> None:
        """Once it is redeemed while another holds the serial, it is flagged."""
        arbiter.on_redeemed(SERIAL, A, "S1/1", NINE)
        arbiter.apply(Word("held", SERIAL, B, "S1/2", TEN))
        assert arbiter.on_redeemed(SERIAL, B, "S1/2", TEN) == Duplicate(SERIAL, B, "S1/2", TEN)
        assert [it.used for it in ledger.flagged(SERIAL)] == [True]

    def test_serials_do_not_touch_each_other(self, arbiter: Arbiter) -> None:
        """One lane holds one serial, another lane another."""
        assert arbiter.on_claim(ask(A), "S1/1", NINE).answer == "grant"
        assert arbiter.on_claim(ask(B, OTHER), "S1/2", NINE).answer == "grant"
