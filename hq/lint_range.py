"""What of an offer does not go with the rest of the shop: its stores, its products, their currency."""

from __future__ import annotations

from collections.abc import Iterator

from hq.lint_facts import Facts, Found, perhaps
from offers.contradictions import contradictions
from offers.model import Gtin, Offer, OtherReduced, ProductSet, Selector
from offers.shelf import UNTOUCHED


def unknown_places(offer: Offer, facts: Facts) -> Iterator[Found]:
    """An offer names stores, groups of stores and groups of lanes that there are."""
    store_groups = {group for entry in facts.shop.stores for group in entry.groups}
    asked = (
        ("stores", offer.stores, set(facts.stores), "store"),
        ("store_groups", offer.store_groups, store_groups, "store of group"),
        ("lane_groups", offer.lane_groups, _lane_groups(facts, offer), "lane of group"),
    )
    for key, words, known, kind in asked:
        for at, word in enumerate(words):
            if word not in known:
                do = perhaps(word, known, "name one of stores.toml, or none at all for everywhere")
                yield Found((key, at), f"there is no {kind} {word!r}", do)
    known_names = set(offer.stores) <= set(facts.stores) and set(offer.store_groups) <= store_groups
    if known_names and facts.shop.stores and not facts.stores_of(offer):
        what = "none of its stores is of these groups: it would hold nowhere"
        yield Found(("store_groups",), what, "name stores or groups, not both")


def _lane_groups(facts: Facts, offer: Offer) -> set[str]:
    """Name the lane groups of the stores in which the offer holds."""
    stores = facts.stores_of(offer) or facts.shop.stores
    lanes = (groups for entry in stores for groups in entry.lane_groups.values())
    return {group for groups in lanes for group in groups}


def unknown_products(offer: Offer, facts: Facts) -> Iterator[Found]:
    """What the offer's sets include and exclude is in the range."""
    for path, products in _sets(offer):
        for side, selector in (("include", products.include), ("exclude", products.exclude)):
            yield from _unknown((*path, side), selector, facts)


def _sets(offer: Offer) -> Iterator[tuple[tuple[str, ...], ProductSet]]:
    yield ("products",), offer.products
    if isinstance(offer.reward, OtherReduced):
        yield ("reward", "products"), offer.reward.products


def _unknown(path: tuple[str, ...], selector: Selector, facts: Facts) -> Iterator[Found]:
    kinds = (
        ("gtins", selector.gtins, facts.products, "no product has GTIN {}"),
        ("brands", selector.brands, facts.brands, "no product has brand {!r}"),
        ("categories", selector.categories, facts.categories, "no product is in category {!r}"),
        ("attributes", selector.attributes, facts.attributes, "no product has attribute {!r}"),
    )
    for key, words, known, sentence in kinds:
        for at, word in enumerate(words):
            if word not in known:
                do = "correct it, or add the product to products.toml"
                yield Found((*path, key, at), sentence.format(word), perhaps(word, known, do))


def empty_in_range(offer: Offer, facts: Facts) -> Iterator[Found]:
    """Something of the range counts, and a discount may touch it."""
    said = {found.field for found in contradictions(offer)}
    for path, products in _sets(offer):
        if ".".join((*path, "exclude")) in said:
            continue
        included = facts.named(products.include)
        counted = facts.counted(offer, products)
        if included and not counted:
            what = f"{_all(included, 'included')} excluded"
            yield Found((*path, "exclude"), what, "exclude less, or include more")
        elif counted and not _touchable(counted, facts):
            what = f"{_all(counted, 'counted')} a deposit or restricted"
            yield Found((*path, "include"), what, "no discount may touch these: name others")


def _touchable(gtins: set[Gtin], facts: Facts) -> set[Gtin]:
    return {gtin for gtin in gtins if not UNTOUCHED.intersection(facts.products[gtin].flags)}


def _all(gtins: set[Gtin], how: str) -> str:
    if len(gtins) == 1:
        return f"the one {how} product is"
    return f"of {len(gtins)} {how} products all are"


def _many(gtins: set[Gtin]) -> str:
    return f"{len(gtins)} product{'s' if len(gtins) > 1 else ''}"


def too_few_kinds(offer: Offer, facts: Facts) -> Iterator[Found]:
    """The range holds as many different products as one use asks for."""
    asked = offer.condition.min_distinct
    counted = _touchable(facts.counted(offer, offer.products), facts)
    said = any(found.field == "condition.min_distinct" for found in contradictions(offer))
    if counted and asked > len(counted) and not said:
        what = f"{asked} different products are asked for, and {_many(counted)} of the range count"
        do = f"lower it to {len(counted)}, or include more"
        yield Found(("condition", "min_distinct"), what, do)


def wrong_currency(offer: Offer, facts: Facts) -> Iterator[Found]:
    """Amounts are in the currency of every store in which the offer holds."""
    stores = facts.stores_of(offer)
    currencies = sorted({entry.currency for entry in stores})
    others = [entry for entry in stores if entry.currency != offer.currency]
    if offer.currency and others:
        names = ", ".join(f"{entry.store} ({entry.currency})" for entry in others)
        what = f"its amounts are in {offer.currency}; these stores sell in another: {names}"
        yield Found(("currency",), what, "name only stores of this currency in stores")
    elif not offer.currency and len(currencies) > 1 and has_amounts(offer):
        what = f"its amounts would be {' in one store and '.join(currencies)} in another"
        yield Found(("currency",), what, "write currency, and name the stores that sell in it")


def has_amounts(offer: Offer) -> bool:
    """Tell whether any of an offer's numbers is money."""
    parts = (offer.condition, offer.reward)
    return any(
        getattr(part, name)
        for part in parts
        for name in part.__struct_fields__
        if name.endswith("_minor")
    )


def small_numbers(offer: Offer, facts: Facts) -> Iterator[Found]:
    """A group has two offers at least, and a first N something for every lane."""
    if offer.group and facts.groups[offer.group] == 1:
        what = f"no other offer is of group {offer.group!r}: there is nothing to choose from"
        do = perhaps(offer.group, set(facts.groups) - {offer.group}, "take it out, or add another")
        yield Found(("group",), what, do, "warning")
    lanes = sum(len(entry.lanes) for entry in facts.stores_of(offer))
    for key in ("max_redemptions", "max_issued"):
        most = getattr(offer, key)
        if most is not None and most < lanes:
            what = f"{lanes} lanes share {most}: some of them have none to give"
            do = f"raise it to {lanes} or more, or name fewer stores"
            yield Found((key,), what, do, "warning")


RANGE_RULES = (
    unknown_places,
    unknown_products,
    empty_in_range,
    too_few_kinds,
    wrong_currency,
    small_numbers,
)
