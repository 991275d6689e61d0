"""What a shop's files say of its staff: dispute scripts and people, as lanes get them.

`scripts/NAME.toml` takes the place of a built-in script in every store, `scripts/STORE/NAME.toml` in
one. `staff.toml` has badge numbers as they are scanned; they become keyed hashes before anything is
published. PINs stand there as hashes already (`tillside-hq pin`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hq.shop_reader import ShopReader
from hq.store import HqStore, text
from offers.model import StoreId, Value
from offers.shopper_key import identity_key
from staff_help.roles import (
    ManagerLimits,
    Member,
    Role,
    RoleLimits,
    Staff,
    StaffId,
    SupervisorLimits,
)
from staff_help.script import Script

Badge = Annotated[str, Meta(pattern=r"^[!-~]{0,64}$(?!\n)")]
EVERYWHERE = StoreId("")


class MemberEntry(Value, frozen=True):
    """One person: the badge's number as the scanner sends it, the PIN as `tillside-hq pin` wrote it."""

    id: StaffId
    role: Role
    badge: Badge = ""
    pin: str = ""
    stores: tuple[StoreId, ...] = ()


class StaffFile(Value, frozen=True):
    """Who may sign in at the lanes, and how much each role may give, `staff.toml`."""

    cashier: RoleLimits = RoleLimits()
    supervisor: SupervisorLimits = SupervisorLimits()
    manager: ManagerLimits = ManagerLimits()
    member: tuple[MemberEntry, ...] = ()


class ScriptFile(Struct, frozen=True):
    """A script as it stands in the shop: in which file, and for which store ("" for all)."""

    file: str
    store: StoreId
    script: Script


class StaffPages(Struct, frozen=True):
    """Everything of a shop that is for its staff."""

    staff: StaffFile | None = None
    scripts: tuple[ScriptFile, ...] = ()


def read_staff(reader: ShopReader) -> StaffPages:
    """Read `staff.toml` and the scripts; what is left out is not there."""
    staff: StaffFile | None = None
    if (reader.directory / "staff.toml").is_file():
        staff = reader.read_one("staff.toml", StaffFile)
    folder = reader.directory / "scripts"
    found: list[ScriptFile] = []
    for path in (*sorted(folder.glob("*.toml")), *sorted(folder.glob("*/*.toml"))):
        name = path.relative_to(reader.directory).as_posix()
        store = EVERYWHERE if path.parent == folder else StoreId(path.parent.name)
        script = reader.read_one(name, Script)
        if script is not None:
            found.append(ScriptFile(name, store, script))
    return StaffPages(staff, tuple(found))


def as_staff(file: StaffFile, secret: bytes) -> Staff:
    """Hash the badges: a lane's disk holds no number that opens a till."""
    members = tuple(
        Member(
            one.id,
            one.role,
            identity_key("badge", one.badge, secret) if one.badge else "",
            one.pin,
            one.stores,
        )
        for one in file.member
    )
    return Staff(file.cashier, file.supervisor, file.manager, members)


def wanted_documents(pages: StaffPages, secret: bytes) -> dict[str, str]:
    """Give the documents of a shop: its scripts by store, and its staff or null."""
    by_store: dict[StoreId, list[Script]] = {}
    for one in pages.scripts:
        by_store.setdefault(one.store, []).append(one.script)
    staff = as_staff(pages.staff, secret) if pages.staff is not None else None
    return {"scripts": text(by_store), "staff": text(staff)}


def documents_of(store: HqStore, name: StoreId) -> dict[str, bytes]:
    """Give what the lanes of one store get: the chain's scripts under the store's own, and its people."""
    scripts = store.document("scripts", dict[StoreId, tuple[Script, ...]]) or {}
    chosen = {one.script: one for at in (EVERYWHERE, name) for one in scripts.get(at, ())}
    staff = store.document("staff", Staff | None)  # type: ignore[arg-type]
    found: dict[str, bytes] = {}
    if chosen:
        found["scripts"] = encode([chosen[complaint] for complaint in sorted(chosen)])
    if staff is not None:
        found["staff"] = encode(staff.of_store(name))
    return found


encode = msgspec.json.Encoder(order="deterministic").encode
