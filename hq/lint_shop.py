"""What a shop may not publish, besides its offers and shoppers: the chain, its range and its rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from zoneinfo import available_timezones

from hq.authoring import StoreEntry
from hq.law_files import laws_for
from hq.lint_facts import Facts, Found, again, number_fault, perhaps
from offers.wordings import SENTENCES

InFile = Iterator[tuple[str, Found]]
JURISDICTION = re.compile(r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?")  # ISO 3166-1, and 3166-2 below it
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
SALT_CHARACTERS = 8  # too short a salt can be guessed, and the arm of a card number with it


def stores(facts: Facts) -> InFile:
    """There is a store; each has an id of its own, lanes, a language and a time zone."""
    if not facts.shop.stores:
        do = "add [[store]] with store and lanes"
        yield "stores.toml", Found((), "there is no store", do)
    for at, store in again(entry.store for entry in facts.shop.stores):
        what = f"{store!r} stands twice"
        yield "stores.toml", Found(("store", at, "store"), what, "keep one of them")
    for at, entry in enumerate(facts.shop.stores):
        for key, place, what, do in _store(entry):
            yield "stores.toml", Found(("store", at, key, *place), what, do)
        for n, what, do in _unspoken(entry):
            yield "stores.toml", Found(("store", at, "languages", n), what, do, "warning")
        if entry.laws == "own" and not laws_for(entry.jurisdiction, facts.shop.laws):
            what = (
                "no file of laws/ is for its jurisdiction: lanes keep to the rules built into them"
            )
            do = 'write laws = "shipped", or a file for it'
            yield "stores.toml", Found(("store", at, "laws"), what, do, "warning")


def _store(entry: StoreEntry) -> Iterator[tuple[str, tuple[str | int, ...], str, str]]:
    if not entry.lanes:
        yield "lanes", (), "it has no lane: nothing is printed there", "name its lanes"
    for at, lane in again(entry.lanes):
        yield "lanes", (at,), f"lane {lane!r} stands twice", "keep one of them"
    if not entry.languages:
        yield "languages", (), "it speaks no language", 'name one at least, as "en"'
    for lane in entry.lane_groups:
        if lane not in entry.lanes:
            do = f"name one of this store's lanes: {', '.join(entry.lanes)}"
            yield "lane_groups", (lane,), f"there is no lane {lane!r}", do
    if entry.time_zone not in available_timezones():
        do = perhaps(entry.time_zone, available_timezones(), 'name it as "Europe/Berlin"')
        yield "time_zone", (), f"there is no time zone {entry.time_zone!r}", do
    if not JURISDICTION.fullmatch(entry.jurisdiction):
        do = 'write ISO 3166, as "FR" or "GB-ENG"'
        yield "jurisdiction", (), f"{entry.jurisdiction!r} is no country or part of one", do


def _unspoken(entry: StoreEntry) -> Iterator[tuple[int, str, str]]:
    """Name languages in which an offer's own words can be printed, and nothing else is written."""
    for n, language in enumerate(entry.languages):
        if (spoken := language.lower().partition("-")[0]) not in SENTENCES:
            what = f"nothing is written in {spoken!r}: around an offer's own words all is English"
            yield n, what, f"expect that, or name one of {', '.join(sorted(SENTENCES))}"


def products(facts: Facts) -> InFile:
    """Each product has a GTIN of its own and a category."""
    places = facts.shop.product_places
    for (file, path), product in zip(places, facts.shop.products, strict=True):
        if fault := number_fault(product.gtin, (14,)):
            yield file, Found((*path, "gtin"), fault, "correct the GTIN")
        if not all(product.category.split("/")):
            what = f"{product.category!r} is no path of categories"
            yield file, Found((*path, "category"), what, 'write it as "dairy/yogurt"')
    for at, gtin in again(product.gtin for product in facts.shop.products):
        file, path = places[at]
        yield file, Found((*path, "gtin"), f"{gtin} stands twice", "keep one of them")


def stock(facts: Facts) -> InFile:
    """Each figure is of a product in a store, and there is one of each."""
    entries = facts.shop.stock.stock
    for at, entry in enumerate(entries):
        yield from _figure(("stock", at), entry.store, entry.gtin, facts)
    for at, (store, gtin) in again((entry.store, entry.gtin) for entry in entries):
        what = f"{gtin} of {store} stands twice"
        yield "stock.toml", Found(("stock", at), what, "keep one of them")


def _figure(path: tuple[str, int], store: str, gtin: str, facts: Facts) -> InFile:
    if gtin not in facts.products:
        do = perhaps(gtin, facts.products, "add the product to products.toml")
        yield "stock.toml", Found((*path, "gtin"), f"no product has GTIN {gtin}", do)
    if store not in facts.stores:
        do = perhaps(store, facts.stores, "name one of stores.toml")
        yield "stock.toml", Found((*path, "store"), f"there is no store {store!r}", do)


def rivals(facts: Facts) -> InFile:
    """Rival brands are brands of the range."""
    for at, entry in enumerate(facts.shop.rival_groups):
        for place, brand in enumerate(entry.brands):
            if brand not in facts.brands:
                do = perhaps(brand, facts.brands, "write it as products.toml does")
                found = Found(
                    ("rivals", at, "brands", place), f"no product has brand {brand!r}", do
                )
                yield "rivals.toml", found


def promotions(facts: Facts) -> InFile:
    """A promotion is of products of the range, on days in their order."""
    for at, entry in enumerate(facts.shop.promotions):
        path = ("promotion", at)
        for place, gtin in enumerate(entry.gtins):
            if gtin not in facts.products:
                do = perhaps(gtin, facts.products, "add the product to products.toml")
                found = Found((*path, "gtins", place), f"no product has GTIN {gtin}", do)
                yield "mass_promotions.toml", found
        if entry.ends < entry.starts:
            what = f"it ends on {entry.ends}, before it starts on {entry.starts}"
            yield "mass_promotions.toml", Found((*path, "ends"), what, "swap the dates")


def policy(facts: Facts) -> InFile:
    """What slips must hold of each objective goes on one slip, and a risk fits its cap."""
    rules, risk = facts.shop.policy, facts.shop.risk
    for at, mix in enumerate(rules.mix):
        if mix.least > mix.most:
            what = f"at least {mix.least} and at most {mix.most} is no number"
            yield "policy.toml", Found(("policy", "mix", at, "least"), what, "swap least and most")
    for at, objective in again(mix.objective for mix in rules.mix):
        found = Found(("policy", "mix", at), f"{objective!r} stands twice", "keep one of them")
        yield "policy.toml", found
    least = sum(mix.least for mix in rules.mix)
    if least > rules.slip_offers:
        what = f"the mix asks for {least} offers, and a slip has {rules.slip_offers}"
        yield "policy.toml", Found(("policy", "mix"), what, "lower least, or raise slip_offers")
    if risk.serial_max_minor > risk.lane_minor:
        what = (
            f"one coupon may be worth {risk.serial_max_minor}, and all of a lane {risk.lane_minor}"
        )
        do = "raise lane_minor, or lower this"
        yield "policy.toml", Found(("risk", "serial_max_minor"), what, do, "warning")


def experiments(facts: Facts) -> InFile:
    """An experiment has an id and a salt of its own, and is about campaigns that there are."""
    for at, entry in enumerate(facts.shop.experiments):
        path = ("experiment", at)
        for key, place, what, do in _experiment(facts, at):
            yield "experiments.toml", Found((*path, key, *place), what, do)
        if len(entry.salt) < SALT_CHARACTERS:
            what = f"a salt of {len(entry.salt)} characters can be guessed"
            do = f"write {SALT_CHARACTERS} or more, drawn at random, and keep them"
            yield "experiments.toml", Found((*path, "salt"), what, do)


def _experiment(facts: Facts, at: int) -> Iterator[tuple[str, tuple[int, ...], str, str]]:
    entry = facts.shop.experiments[at]
    before = {other.experiment_id for other in facts.shop.experiments[:at]}
    if not ID.fullmatch(entry.experiment_id):
        do = 'use small letters, digits, "-" and "_"'
        yield "experiment_id", (), f"{entry.experiment_id!r} is no id", do
    if entry.experiment_id in before:
        yield "experiment_id", (), f"{entry.experiment_id!r} stands twice", "keep one of them"
    for place, campaign in enumerate(entry.campaigns):
        if campaign not in facts.campaigns:
            what = f"no offer is of campaign {campaign!r}: nobody would be held out"
            yield "campaigns", (place,), what, perhaps(campaign, facts.campaigns, "correct it")


SHOP_RULES: tuple[Callable[[Facts], InFile], ...] = (
    stores,
    products,
    stock,
    rivals,
    promotions,
    policy,
    experiments,
)
