"""One search box: the answer first, in the page's language, and never a word of a holdout."""

from datetime import date

import pytest
from hypothesis import given, settings, strategies as st
from msgspec import structs

from offers.model import (
    Approval,
    Assignment,
    Condition,
    Language,
    Offer,
    PercentOff,
    Product,
    ProductSet,
    Selector,
)
from offers.reasons import Reason, Verdict
from offers.shelf import counts, names
from staff_help.ask import MOST_ANSWERS, ask, documents, in_bank
from staff_help.ask_words import Bank, Standing
from staff_help.word_index import WordIndex

TODAY = date(2026, 11, 2)
NOTHING, NOBODY = Selector(), Standing()


def product(gtin: str, variant: str, brand="Solenne", kind="dairy/yogurt", size="500 g") -> Product:
    name = f"{kind.rpartition('/')[2].title()} {variant}"
    return Product(gtin, name, brand, kind, variant, size)


PLAIN, VANILLA, STRAWBERRY = (
    product(f"0{n}", v) for n, v in enumerate(("Plain", "Vanilla", "Strawberry"))
)
COFFEE = product("09", "Espresso", "Montebruno", "drinks/coffee", "1 kg")
SOAP = product("08", "Lavender", "Puro", "care/soap", "100 g")
PRODUCTS = {it.gtin: it for it in (PLAIN, VANILLA, STRAWBERRY, COFFEE, SOAP)}


def offer(offer_id: str, title: str, include: Selector, exclude=NOTHING, **more) -> Offer:
    fields = {
        "offer_id": offer_id,
        "version": 1,
        "campaign_id": "c",
        "objective": "value",
        "title": {"en": title, "de": f"{title} (de)"},
        "products": ProductSet({"en": title, "de": title}, include, exclude),
        "condition": Condition(min_quantity=2),
        "reward": PercentOff(20),
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
        "use": "coupon",
        "coupon_number": f"c-{offer_id}",
        "approval": Approval("M. Okafor", date(2026, 1, 1)),
    }
    return Offer(**fields | more)


YOGURT = offer(
    "yogurt-20", "Solenne yogurt", Selector(brands=("Solenne",)), Selector(gtins=("02",))
)
BEANS = offer("beans-20", "Montebruno", Selector(gtins=("09",)))
OFFERS = {it.offer_id: it for it in (YOGURT, BEANS)}


def bank(offers=OFFERS, **changes) -> Bank:
    def products_of(one: Offer) -> dict[str, Product]:
        whole = one.products
        return {
            gtin: it
            for gtin, it in PRODUCTS.items()
            if counts(whole, gtin, it) or names(whole.exclude, gtin, it)
        }

    made = Bank(offers, PRODUCTS.get, products_of, frozenset(), frozenset(), TODAY, "EUR")
    return structs.replace(made, **changes)


def told(query, standing=NOBODY, tongue="en", offers=OFFERS, **changes):
    index = WordIndex(documents(in_bank(offers.values()), PRODUCTS.values()))
    return ask(query, index, bank(offers, **changes), standing, Language(tongue))


MINE = Standing({"yogurt-20": Assignment("yogurt-20", 0.9, date(2026, 1, 1), date(2026, 11, 30))})


@pytest.mark.parametrize(
    ("query", "tongue", "sentence"),
    [
        (
            "joghurt erdbeer",
            "en",
            "Strawberry is not included: counts for Plain and Vanilla 500 g.",
        ),
        (
            "yogrt strawbery",
            "en",
            "Strawberry is not included: counts for Plain and Vanilla 500 g.",
        ),
        ("yogur fresa", "es", "Strawberry no está incluido: vale para Plain y Vanilla 500 g."),
        ("joghurt erdbeer", "de", "Strawberry ist nicht dabei: gilt für Plain und Vanilla 500 g."),
        ("vanila", "en", "Vanilla counts: 20% off."),
        ("vanile", "de", "Vanilla zählt: 20\u00a0% Rabatt."),
        ("yogurt", "en", "Solenne yogurt: counts for Plain and Vanilla 500 g."),
        ("montebrno", "en", "Espresso counts: 20% off."),
        ("jabon", "en", "No offer counts Puro Soap Lavender 100 g today."),
    ],
)
def test_the_answer_comes_first(query, tongue, sentence):
    """What was asked, in whichever language, is answered in the page's, before anything else."""
    assert told(query, tongue=tongue).found[0].sentence == sentence


def test_an_arabic_answer_holds_names_in_isolates():
    """A name in other letters does not tear the sentence apart (Unicode Annex 9)."""
    first = told("زبادي الفراوله", tongue="ar").found[0]
    assert first.relation == "not_included"
    assert first.sentence.startswith("\u2068Strawberry\u2069 غير مشمول")


def test_nothing_found_says_what_to_do():
    """No guess is made up."""
    answers = told("zzzz")
    assert answers.found == ()
    assert answers.sentence == "Nothing found for “zzzz”. Try one word of what is on the pack."


def test_the_shopper_s_offers_come_before_the_bank_s():
    """Both count espresso and yogurt alike; the shopper's own is said first, and said to be so."""
    both = {
        it.offer_id: it
        for it in (structs.replace(YOGURT, offer_id="a-bank", coupon_number="x"), YOGURT)
    }
    found = told("vanilla", MINE, offers=both).found
    assert [(it.offer_id, it.mine) for it in found] == [("yogurt-20", True), ("a-bank", False)]
    assert (
        found[0].facts[-1] == "Valid until 30 November 2026"
    )  # the assignment ends before the offer
    assert found[1].facts[0] == "This shopper was not given this offer."


def test_the_verdict_of_this_sale_is_the_first_evidence():
    """A shopper who asks about an offer of this sale hears how it stands."""
    missing = Verdict("yogurt-20", 1, "near_miss", Reason.NEAR_MISS_QTY, {"missing": 1, "set": "x"})
    standing = structs.replace(MINE, verdicts={"yogurt-20": missing})
    assert "1 more Solenne yogurt" in told("vanilla", standing).found[0].facts[0]


def test_a_holdout_is_told_like_any_offer_that_was_not_given():
    """Not a word tells that a shopper was held out: the two answers are the same bytes."""
    held = Verdict("yogurt-20", 1, "not_applied", Reason.HOLDOUT)
    hidden = Standing(verdicts={"yogurt-20": held})
    assert told("vanilla", hidden) == told("vanilla")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"today": date(2027, 1, 1)}, "ended on 31 December 2026"),
        ({"today": date(2025, 12, 31)}, "1 January 2026"),
        ({"killed": frozenset({"yogurt-20"})}, "withdrawn"),
    ],
)
def test_an_offer_that_does_not_hold_says_so(changes, words):
    """Its dates and headquarters' stops are the first evidence."""
    assert words in told("vanilla", **changes).found[0].facts[0]


@pytest.mark.parametrize("more", [{"approval": None}, {"panel_only": True}])
def test_drafts_are_told_only_to_who_was_given_them(more):
    """The bank is what was released; a tester's own draft may be asked about."""
    draft = {"yogurt-20": structs.replace(YOGURT, **more)}
    index = WordIndex(documents(draft.values(), PRODUCTS.values()))
    here = bank(draft)
    nobody = ask("vanilla", index, here, Standing(), Language("en"))
    assert [it.relation for it in nobody.found] == ["no_offer"]
    assert ask("vanilla", index, here, MINE, Language("en")).found[0].mine


def test_a_script_in_a_title_stays_text():
    """What headquarters wrote goes out as it is: the page shows text, never markup."""
    bad = {
        "x": structs.replace(BEANS, offer_id="x", title={"en": "<script>alert(1)</script> beans"})
    }
    assert told("beans", offers=bad).found[0].title == "<script>alert(1)</script> beans"


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_question_is_answered(query):
    """Nothing that is typed breaks it, and the answer is bounded."""
    answers = told(query)
    assert len(answers.found) <= MOST_ANSWERS
    assert bool(answers.found) != bool(answers.sentence)
