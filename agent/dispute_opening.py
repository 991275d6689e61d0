"""Everything that is known when a dispute is opened: the facts of its script, and of a gift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct

from agent.dispute_facts import Matter, matter_of, verdict_of, was_looked_at
from agent.dispute_view import Open
from agent.refusals import Refused
from agent.reissue_desk import ReissueDesk
from agent.rooms import Rooms
from agent.staff_desk import SignedIn, StaffDesk
from agent.staff_papers import StaffPapers
from offers.catalogue import CATALOGUE, Script as Complaint
from offers.model import Offer, OfferId
from offers.reasons import Verdict
from offers.records import Settled, Uid
from staff_help.goodwill import Case, GoodwillRules, Wish, is_disputable, objection, proposal_minor
from staff_help.roles import Member, Role, money_role, rules_for
from staff_help.script import Asked, Ended, Facts, NoSuchChoiceError, start, walk

SHIFT = timedelta(hours=8)
FOUR_WEEKS = timedelta(days=28)


class Tools(Struct, frozen=True):
    """What disputes work with beside the lane's rooms."""

    lane: str
    rules: GoodwillRules  # the lane's own; a role's limits come from headquarters
    papers: StaffPapers
    staff: StaffDesk
    reissues: ReissueDesk
    online: Callable[[], bool]  # headquarters can be asked now
    brand_line: str = ""


class Opening:
    """Gathers what a dispute looks at. Nothing here writes."""

    def __init__(self, rooms: Rooms, tools: Tools) -> None:
        self._rooms = rooms
        self._tools = tools

    def matter(self, handle: str) -> Matter:
        """Find the sale.

        Raises:
            Refused: this lane does not know it, or no more.
        """
        matter = matter_of(self._rooms, handle)
        if matter is None:
            raise Refused(
                "transaction_unknown",
                f"No sale {handle!r} is known on this lane.",
                "Settle while the sale is open, or soon after it.",
                404,
            )
        return matter

    async def open(
        self, handle: str, offer_id: OfferId, complaint: Complaint | None, here: SignedIn | None
    ) -> Open:
        """Open a dispute about an offer of a sale.

        Args:
            handle: the sale, as the till names it.
            offer_id: the offer.
            complaint: the script that the cashier chose; None: the one of the verdict's reason.
            here: who is signed in.

        Raises:
            Refused: there is no such sale or offer.
        """
        rooms, tools = self._rooms, self._tools
        matter = self.matter(handle)
        verdict = await verdict_of(rooms, matter, offer_id, complaint)
        if verdict is None:
            raise tools.staff.refused("no_such_offer")
        scripts = tools.papers.now.scripts
        script = scripts[complaint or CATALOGUE[verdict.reason].script]
        generation = rooms.shelf.generation
        offer = generation.offers.get(offer_id)
        return Open(
            matter,
            offer,
            verdict,
            script,
            self._facts(matter, offer, verdict, here),
            self._most(here),
            rooms.language,
            generation.products_of(offer) if offer is not None else {},
            tuple(one for one in scripts.values() if one is not script),
        )

    def walked(self, opened: Open, path: tuple[str, ...]) -> Asked | Ended:
        """Go along the choices.

        Raises:
            Refused: one of them is not offered here and now.
        """
        try:
            return walk(start(opened.script, opened.verdict, opened.facts), path)
        except NoSuchChoiceError:
            raise self._tools.staff.refused("no_such_choice") from None

    def case(self, matter: Matter, verdict: Verdict | None) -> Case:
        """Give what a gift is judged by."""
        rooms, settled = self._rooms, self.settled(matter.uid)
        now, mirror = rooms.clock.utc_now(), rooms.journal.mirror
        shopper = matter.shopper
        to_shopper = mirror.goodwill_since(now - FOUR_WEEKS, shopper) if shopper else 0
        return Case(
            verdict=verdict,
            currency=matter.currency,
            settled=settled,
            given_in_shift_minor=mirror.goodwill_since(now - SHIFT),
            given_to_shopper_minor=to_shopper,
            left_minor=matter.left_minor(settled),
            training=matter.training,
            shopper=rooms.journal.ref(shopper) if shopper is not None else None,
        )

    def rules(self, role: Role) -> GoodwillRules:
        """Give what a role may give."""
        return rules_for(role, self._tools.papers.now.staff, self._tools.rules)

    def _most(self, here: SignedIn | None) -> GoodwillRules:
        """Give the limits up to which an amount is proposed: those of who could allow it by PIN."""
        staff = self._tools.papers.now.staff
        roles = [authority(here, None), *(one.role for one in staff.approvers())] if staff else []
        rules = [self.rules(role) for role in roles]
        return max(rules, key=lambda it: it.case_max_minor, default=self.rules("cashier"))

    def settled(self, uid: Uid) -> tuple[Settled, ...]:
        """List what was settled of a transaction."""
        return self._rooms.journal.mirror.settled(uid)

    def needs_pin(self, opened: Open, amount_minor: int, here: SignedIn | None) -> bool:
        """Tell whether an amount is beyond what who is here may give."""
        case = self.case(opened.matter, opened.verdict)
        wish = Wish(opened.matter.uid, opened.verdict.offer_id, amount_minor, "", "")
        return objection(wish, case, self.rules(authority(here, None))) is not None

    def _facts(
        self, matter: Matter, offer: Offer | None, verdict: Verdict, here: SignedIn | None
    ) -> Facts:
        tools = self._tools
        numbers = {coupon.coupon_number for coupon in matter.answered.basket.presented}
        shown = offer is not None and offer.coupon_number in numbers
        return Facts(
            role=here.role if here is not None else "cashier",
            offline=not tools.online(),
            presented=shown or verdict.serial is not None,
            paid=matter.state != "open",
            amount_minor=proposal_minor(offer, self._most(here)),
            may_give=self._may_give(matter, verdict),
            may_reissue=offer is not None and tools.reissues.may(matter, offer),
        )

    def _may_give(self, matter: Matter, verdict: Verdict) -> bool:
        """Tell whether a gift is possible at all, whatever its amount; a repeated call passes."""
        disputable = is_disputable(verdict) and was_looked_at(matter, verdict)
        return disputable and not matter.training and matter.state != "voided"


def authority(here: SignedIn | None, approver: Member | None) -> Role:
    """Give the role whose limits hold: the approver's by PIN, else what a sign-in is good for."""
    if approver is not None:
        return approver.role
    return money_role(here.role, here.proof) if here is not None else "cashier"
