"""Who stands at a lane, and how much each may give: headquarters' word, a value like any other. Pure.

No badge number and no PIN stands in it: a badge is the keyed hash of its number, a PIN an Argon2id
hash (`staff_help.pins`). A lane gets the people of its own store only.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, structs

from offers.model import StoreId, Value
from staff_help.goodwill import GoodwillRules, Limit

Role = Literal["cashier", "supervisor", "manager"]  # each may do what the one before may, and more
ROLES: tuple[Role, ...] = get_args(Role)
Proof = Literal["badge", "pin"]
StaffId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$(?!\n)")]


class RoleLimits(Value, frozen=True):
    """How much a role may give: in one case, at one lane in eight hours, to one shopper in 28 days."""

    case_max_minor: Limit = 5_00
    shift_max_minor: Limit = 50_00
    shopper_max_minor: Limit = 20_00


class SupervisorLimits(RoleLimits, frozen=True):
    """A supervisor's, where nothing else is written."""

    case_max_minor: Limit = 15_00
    shift_max_minor: Limit = 100_00
    shopper_max_minor: Limit = 40_00


class ManagerLimits(RoleLimits, frozen=True):
    """A manager's, where nothing else is written."""

    case_max_minor: Limit = 50_00
    shift_max_minor: Limit = 300_00
    shopper_max_minor: Limit = 100_00


class Member(Value, frozen=True):
    """One person. `id` is what a row says of who did it; `stores` none named: all of them."""

    id: StaffId
    role: Role
    badge: str = ""  # 32 hex digits of the keyed hash of the badge's number
    pin: str = ""  # an Argon2id hash in its usual form ("$argon2id$v=19$m=...")
    stores: tuple[StoreId, ...] = ()


class Staff(Value, frozen=True):
    """Everybody who may sign in at a lane of the store, and the limits of each role."""

    cashier: RoleLimits = RoleLimits()
    supervisor: SupervisorLimits = SupervisorLimits()
    manager: ManagerLimits = ManagerLimits()
    member: tuple[Member, ...] = ()

    def limits(self, role: Role) -> RoleLimits:
        """Give the limits of a role."""
        found: RoleLimits = getattr(self, role)
        return found

    def known(self, staff_id: str) -> Member | None:
        """Find somebody by id."""
        return next((one for one in self.member if one.id == staff_id), None)

    def by_badge(self, key: str) -> Member | None:
        """Find somebody by the keyed hash of the badge."""
        return next((one for one in self.member if one.badge and one.badge == key), None)

    def approvers(self) -> tuple[Member, ...]:
        """List who may approve what is beyond a cashier's limits: supervisors and managers with a PIN."""
        return tuple(one for one in self.member if one.role != "cashier" and one.pin)

    def of_store(self, store: StoreId) -> Staff:
        """Leave only the people of one store."""
        here = tuple(one for one in self.member if not one.stores or store in one.stores)
        return structs.replace(self, member=here)


def at_least(role: Role, least: Role) -> bool:
    """Tell whether a role may do what another may."""
    return ROLES.index(role) >= ROLES.index(least)


def money_role(role: Role, proof: Proof) -> Role:
    """Give the role whose limits somebody has: a badge can be borrowed, and gives a cashier's alone."""
    return role if proof == "pin" else "cashier"


def rules_for(role: Role, staff: Staff | None, lane: GoodwillRules) -> GoodwillRules:
    """Give what a role may give: by headquarters' staff, else by the lane's own settings."""
    if staff is None:
        return lane
    limits = staff.limits(role)
    return structs.replace(
        lane,
        case_max_minor=limits.case_max_minor,
        shift_max_minor=limits.shift_max_minor,
        shopper_max_minor=limits.shopper_max_minor,
    )
