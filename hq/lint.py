"""What a shop may not publish: the tables of named rules, and the one loop that asks them all."""

from __future__ import annotations

from pathlib import Path

from hq.lint_facts import Facts, Fault, fault_at, unreadable
from hq.lint_offer import OWN_RULES, Rule
from hq.lint_paper import PAPER_RULES
from hq.lint_picture import bad_picture
from hq.lint_range import RANGE_RULES
from hq.lint_shop import SHOP_RULES
from hq.lint_shoppers import assignments
from hq.lint_staff import STAFF_RULES
from hq.shop_files import Shop, read_shop
from hq.shop_reader import ShopComplaint

OFFER_RULES: tuple[Rule, ...] = (*OWN_RULES, *RANGE_RULES, bad_picture, *PAPER_RULES)
CHAIN_RULES = (*SHOP_RULES, assignments, *STAFF_RULES)


def lint_directory(directory: Path) -> list[Fault]:
    """List every fault of a shop's files; those that cannot be read are told before all else.

    Raises:
        OSError: a file cannot be read from the disk.
    """
    try:
        return lint(read_shop(directory))
    except ShopComplaint as error:
        return in_order([unreadable(complaint) for complaint in error.complaints])


def lint(shop: Shop) -> list[Fault]:
    """List every fault, by file and line; a list without errors may be published."""
    facts = Facts(shop)
    faults = [
        fault_at(shop, facts.file_of(offer.offer_id), found)
        for offer in shop.offers
        for rule in OFFER_RULES
        for found in rule(offer, facts)
    ]
    faults += [fault_at(shop, file, found) for rule in CHAIN_RULES for file, found in rule(facts)]
    return in_order(faults)


def in_order(faults: list[Fault]) -> list[Fault]:
    """Sort faults as a person goes through them: file after file, downwards."""
    return sorted(faults, key=lambda fault: (fault.file, fault.line))


def errors(faults: list[Fault]) -> list[Fault]:
    """Give the faults that keep a shop from being published."""
    return [fault for fault in faults if fault.level == "error"]


def in_words(faults: list[Fault]) -> str:
    """Write every fault, and last how many there are."""
    wrong = len(errors(faults))
    said = f"{wrong} to put right" if wrong else "nothing to put right"
    if warned := len(faults) - wrong:
        said += f", {warned} to look at"
    return "\n".join([*(fault.words() for fault in faults), said])
