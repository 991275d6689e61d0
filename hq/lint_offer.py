"""What may not be published of one offer, read from its own file: approval, numbers, words, rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ground.toml_lines import KeyPath
from hq.lint_facts import Facts, Found, number_fault
from offers.contradictions import contradictions
from offers.coupon_code import COUPON_PREFIXES
from offers.model import Offer, OtherReduced, Texts

LINE_COLUMNS = (
    32  # Font A on 58 mm paper (384 dots at 12 a column): the narrowest paper we print on
)
TITLE_COLUMNS = 3 * LINE_COLUMNS
TERMS_COLUMNS = 8 * LINE_COLUMNS

Rule = Callable[[Offer, Facts], Iterator[Found]]


def not_approved(offer: Offer, _: Facts) -> Iterator[Found]:
    """Only an approved offer is ever printed, but for the panel."""
    if offer.panel_only or (offer.approval and offer.approval.by.strip()):
        return
    do = "add [approval] with by and on, or write panel_only = true for a draft"
    yield Found(("approval", "by"), "nobody has approved this offer", do)


def wrong_number(offer: Offer, facts: Facts) -> Iterator[Found]:
    """The coupon number is a valid GCN of its own; a mass one is also a coupon's EAN-13."""
    number = offer.coupon_number
    if fault := number_fault(number, (13,)):
        yield Found(("coupon_number",), fault, "correct the number as GS1 gave it to you")
    elif offer.use == "mass" and not number.startswith(COUPON_PREFIXES):
        what = f"{number} is no coupon's EAN-13: tills would take it for a product"
        do = "use a number that begins with 99 (GS1 General Specifications, 1.4.2)"
        yield Found(("coupon_number",), what, do)
    if facts.numbers[number] > 1:
        others = (o.offer_id for o in facts.shop.offers if o.coupon_number == number)
        names = ", ".join(other for other in others if other != offer.offer_id)
        what = f"{names} has the same number"
        yield Found(("coupon_number",), what, "give each offer a number of its own")


def wrong_use(offer: Offer, _: Facts) -> Iterator[Found]:
    """What is asked of a coupon, of its paper, or of a known shopper, is asked where there is one."""
    if offer.single_use and offer.use != "coupon":
        what = f"a {offer.use} offer has no serial to use up"
        yield Found(("single_use",), what, "write single_use = false")
    if offer.panel_only and offer.use == "mass":
        what = "anyone may present a mass coupon, and only the panel may have this offer"
        yield Found(("panel_only",), what, 'write use = "coupon" or "card", or panel_only = false')
    if offer.max_issued is not None and offer.use != "coupon":
        what = f"no paper is printed for a {offer.use} offer: it limits nothing"
        yield Found(("max_issued",), what, "take it out, or write max_redemptions", "warning")
    if offer.max_uses_per_shopper is not None and offer.use == "mass":
        what = "a mass coupon is also taken from shoppers whom nobody knows: they are not counted"
        yield Found(("max_uses_per_shopper",), what, "write max_redemptions", "warning")


def own_contradictions(offer: Offer, _: Facts) -> Iterator[Found]:
    """The parts of the rule agree with each other; a lane asks the same."""
    for field, what, do, *_more in contradictions(offer):
        yield Found(key_path(field), what, do)


def key_path(field: str) -> KeyPath:
    """Read a path as contradictions write it: "condition.dayparts[0].weekdays"."""
    steps = re.findall(r"\[(\d+)\]|([^.\[\]]+)", field)
    return tuple(int(number) if number else name for number, name in steps)


def text_too_long(offer: Offer, _: Facts) -> Iterator[Found]:
    """Words fit the narrowest paper."""
    limits = (("title", offer.title, TITLE_COLUMNS), ("terms", offer.terms, TERMS_COLUMNS))
    for table, texts, limit in limits:
        for language, text in sorted(texts.items()):
            if len(text) > limit:
                what = f"{len(text)} characters; {limit} fit the paper"
                yield Found((table, language), what, "shorten it")
            for word in text.split():
                if len(word) > LINE_COLUMNS:
                    what = f"{word!r} is longer than a line of {LINE_COLUMNS}"
                    yield Found((table, language), what, "break the word")


def missing_words(offer: Offer, facts: Facts) -> Iterator[Found]:
    """Title, terms and the products' names exist in every language of the stores."""
    for path, texts in _wordings(offer):
        for language in facts.languages:
            if not texts.get(language, "").strip():
                what = f"no wording in {language!r}, which stores.toml asks for"
                yield Found((*path, language), what, f'add {language} = "..."')


def _wordings(offer: Offer) -> Iterator[tuple[KeyPath, Texts]]:
    yield ("title",), offer.title
    yield ("terms",), offer.terms
    yield ("products", "title"), offer.products.title
    if isinstance(offer.reward, OtherReduced):
        yield ("reward", "products", "title"), offer.reward.products.title


OWN_RULES: tuple[Rule, ...] = (
    not_approved,
    wrong_number,
    wrong_use,
    own_contradictions,
    text_too_long,
    missing_words,
)
