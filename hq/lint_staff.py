"""What lint says of dispute scripts and of staff: each script's own rules, names, badges, PINs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from hq.lint_facts import Facts, Found, Level, again, perhaps
from offers.model import Language
from staff_help.pins import is_usable_hash
from staff_help.roles import ROLES, RoleLimits
from staff_help.script import built_in
from staff_help.script_lint import faults

InFile = Iterator[tuple[str, Found]]
LIMITS = ("case_max_minor", "shift_max_minor", "shopper_max_minor")
WRITTEN = (Language("en"), Language("es"), Language("de"), Language("ar"))  # that texts are kept in


def scripts(facts: Facts) -> InFile:
    """Each script is a good one in each language of the stores, and stands once for each of them."""
    pages = facts.shop.pages
    languages = sorted({Language("en"), *map(_base, facts.languages)} & {*WRITTEN})
    seen: dict[tuple[str, str], str] = {}
    for one in pages.scripts:
        for path, what, do in faults(one.script, languages):
            yield one.file, Found(path, what, do)
        if one.store and one.store not in facts.stores:
            do = perhaps(one.store, facts.stores, "name the folder after one of stores.toml")
            yield one.file, Found(("script",), f"there is no store {one.store!r}", do)
        other = seen.setdefault((one.store, one.script.script), one.file)
        if other != one.file:
            what = f"{one.script.script!r} stands in {other} too"
            yield one.file, Found(("script",), what, "keep one of them")
        yield from _version(one.file, one.script.script, one.script.version)


def _version(file: str, complaint: str, version: int) -> InFile:
    """A script that takes a built-in one's place has a version of its own in the rows."""
    known = {script.script: script.version for script in built_in().values()}
    if version <= known.get(complaint, 0):  # type: ignore[call-overload]
        what = f"version {version} is the built-in script's: rows could not tell them apart"
        do = f"write a version above {known[complaint]}"  # type: ignore[index]
        yield file, Found(("version",), what, do, "warning")


def staff(facts: Facts) -> InFile:
    """Ids and badges stand once, PINs are hashes, stores exist, and limits grow with the role."""
    file = facts.shop.pages.staff
    if file is None:
        return
    for at, member in again(one.id for one in file.member):
        yield "staff.toml", Found(("member", at, "id"), f"{member!r} stands twice", "keep one")
    badges = [(at, one.badge) for at, one in enumerate(file.member) if one.badge]
    for place, _ in again(badge for _, badge in badges):
        path = ("member", badges[place][0], "badge")
        yield (
            "staff.toml",
            Found(path, "another person has this badge", "give each one of their own"),
        )
    for at, one in enumerate(file.member):
        for key, what, do, level in _member(facts, at):
            yield "staff.toml", Found(("member", at, key), f"{one.id}: {what}", do, level)
    for lower, higher in itertools.pairwise(ROLES):
        yield from _growing(lower, getattr(file, lower), higher, getattr(file, higher))


def _member(facts: Facts, at: int) -> Iterator[tuple[str, str, str, Level]]:
    file = facts.shop.pages.staff
    assert file is not None
    one = file.member[at]
    if one.pin and not is_usable_hash(one.pin):
        do = "write what `tillside-hq pin` prints; never the PIN itself"
        yield "pin", "this is no hash of a PIN that lanes can use", do, "error"
    if not one.pin and not one.badge:
        yield "id", "nothing to sign in with", "add a badge, a pin, or both", "error"
    if one.role != "cashier" and not one.pin:
        what = f"a {one.role} without a PIN can approve nothing"
        yield "role", what, "add a pin", "warning"
    for store in one.stores:
        if store not in facts.stores:
            do = perhaps(store, facts.stores, "name one of stores.toml")
            yield "stores", f"there is no store {store!r}", do, "error"


def _growing(lower: str, less: RoleLimits, higher: str, more: RoleLimits) -> InFile:
    for key in LIMITS:
        if getattr(more, key) < getattr(less, key):
            what = f"a {higher} may give less than a {lower}"
            do = f"raise it to {getattr(less, key)} at least"
            yield "staff.toml", Found((higher, key), what, do, "warning")


def _base(language: Language) -> Language:
    return Language(language.partition("-")[0])


STAFF_RULES = (scripts, staff)
