"""What a cashier says and what a slip says, word by word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from offers.decide import decide
from offers.model import (
    AmountOff,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Daypart,
    FixedPrice,
    PercentOff,
    ProductSet,
    Selector,
)
from offers.money import day, money
from offers.reasons import Reason, Verdict
from offers.sentences import (
    SlipWords,
    counts_words,
    not_counts_words,
    reward_words,
    sentence,
    slip_words,
)
from offers.wordings import PHRASES, SENTENCES

RICH = {
    "amount_minor": 100,
    "by_title": "Offer O2",
    "cap": 8,
    "category": "dairy",
    "ended": "2026-11-19",
    "except": "Coconut",
    "from": "17:00",
    "missing": 1,
    "missing_minor": 250,
    "product": "Alpro Coconut",
    "set": "Alpro yogurt 500 g",
    "starts": "2026-11-21",
    "to": "19:00",
    "until": "2026-11-27",
    "variant": "Coconut",
    "when": "2026-11-19T18:05:00+00:00",
    "where": "S2/L1",
}


def said(make, reason, evidence=None, language="en", outcome="not_applied", **offer):
    """Say a verdict on an offer of 1.00 € off."""
    an_offer = make.offer(**{"reward": AmountOff(100), **offer})
    verdict = Verdict("O1", 1, outcome, reason, evidence or {})
    return sentence(verdict, an_offer, language, "EUR")


def test_every_reason_has_a_sentence_in_every_language(make):
    """Complete tables; with all facts or with none, a whole sentence without a gap."""
    for language, table in SENTENCES.items():
        assert set(table) == set(Reason)
        assert PHRASES[language].keys() == PHRASES["en"].keys()
        for reason in Reason:
            for evidence in ({}, RICH):
                words = said(make, reason, evidence, language)
                assert words.endswith(".")
                assert not {"{", "}", "  "} & set(words)
                assert "  " not in words
                assert words[0].isupper() or words[0].isdigit()


@pytest.mark.parametrize(
    ("reason", "evidence", "english", "german"),
    [
        (
            Reason.NEAR_MISS_QTY,
            {"except": "Coconut", "missing": 1, "set": "x"},
            "One more Alpro yogurt 500 g, any except Coconut, and 1.00 € is off.",
            "Noch 1 x Alpro yogurt 500 g, alle außer Coconut, dann gibt es 1,00 € Rabatt.",
        ),
        (
            Reason.NEAR_MISS_QTY,
            {"missing": 3, "set": "x"},
            "3 more Alpro yogurt 500 g, and 1.00 € is off.",
            "Noch 3 x Alpro yogurt 500 g, dann gibt es 1,00 € Rabatt.",
        ),
        (
            Reason.NEAR_MISS_VALUE,
            {"missing_minor": 250, "set": "x", "what": "set"},
            "2.50 € more of Alpro yogurt 500 g, and 1.00 € is off.",
            "Noch 2,50 € für Alpro yogurt 500 g, dann gibt es 1,00 € Rabatt.",
        ),
        (
            Reason.NEAR_MISS_VALUE,
            {"missing_minor": 250, "set": "x", "what": "basket"},
            "2.50 € more in the basket, and 1.00 € is off.",
            "Noch 2,50 € im Einkauf, dann gibt es 1,00 € Rabatt.",
        ),
        (
            Reason.EXPIRED,
            {"ended": "2026-11-09"},
            "Offer O1 ended on 9 November 2026.",
            "Offer O1 endete am 09.11.2026.",
        ),
        (
            Reason.ALREADY_REDEEMED,
            {"when": "2026-11-19T18:05:00+00:00", "where": "S2/L1"},
            "This coupon was already used on 19 November 2026 at S2/L1.",
            "Dieser Coupon wurde schon am 19.11.2026 in S2/L1 eingelöst.",
        ),
        (Reason.HOLDOUT, {}, "No new offer today.", "Heute gibt es kein neues Angebot."),
        (
            Reason.NOT_COMBINABLE,
            {"by": "O1", "max_uses": 2},
            "Offer O1 can be used 2 times in a basket, and it was.",
            "Offer O1 gilt 2 Mal je Einkauf und wurde schon angerechnet.",
        ),
        (
            Reason.BETTER_OFFER_CHOSEN,
            {"by": "", "instead": "price"},
            "The price is already better than Offer O1.",
            "Der Preis ist schon günstiger als Offer O1.",
        ),
        (
            Reason.EXPIRED,
            {"ended": "some day"},
            "Offer O1 ended on some day.",
            "Offer O1 endete am some day.",
        ),
    ],
)
def test_sentences_are_concrete(make, reason, evidence, english, german):
    """The very words, in both languages; a region falls back to its language, others to English."""
    assert said(make, reason, evidence) == said(make, reason, evidence, "fr") == english
    assert said(make, reason, evidence, "de") == said(make, reason, evidence, "de-at") == german


def test_applied_and_printed(make):
    """An applied offer says its amount, a printed one that it was printed."""
    offer = make.offer()
    applied = Verdict("O1", 1, "applied", Reason.APPLIED, {}, None, 60)
    assert sentence(applied, offer, "en", "GBP") == "Offer O1: £0.60 is off."
    words = said(make, Reason.APPLIED, outcome="printed")
    assert words == "Offer O1: printed for the next visit."


@pytest.mark.parametrize(
    ("reward", "quantity", "english", "german", "promise"),
    [
        (PercentOff(20), 1, "20 % off", "20 % Rabatt", "20 % is off"),
        (
            PercentOff(20, 300),
            1,
            "20 % off, 3.00 € at most",
            "20 % Rabatt, höchstens 3,00 €",
            "20 % is off",
        ),
        (AmountOff(100), 1, "1.00 € off", "1,00 € Rabatt", "1.00 € is off"),
        (FixedPrice(199), 1, "1.99 €", "1,99 €", "it costs 1.99 €"),
        (FixedPrice(500), 3, "5.00 €", "5,00 €", "they cost 5.00 € together"),
        (CheapestFree(), 3, "cheapest free", "das günstigste gratis", "the cheapest is free"),
        (
            BasketAmountOff(500),
            1,
            "5.00 € off your shopping",
            "5,00 € Rabatt auf den Einkauf",
            "5.00 € is off",
        ),
        (
            BasketPercentOff(5),
            1,
            "5 % off your shopping",
            "5 % Rabatt auf den Einkauf",
            "5 % is off",
        ),
    ],
)
def test_rewards_in_words(make, reward, quantity, english, german, promise):
    """On paper, and at the end of a sentence."""
    offer = make.offer(reward=reward, min_quantity=quantity)
    assert reward_words(offer, "en", "EUR") == english
    assert reward_words(offer, "de", "EUR") == german
    evidence = {"missing": 1, "set": "x"}
    words = said(make, Reason.NEAR_MISS_QTY, evidence, reward=reward, min_quantity=quantity)
    assert words == f"One more Alpro yogurt 500 g, and {promise}."
    words = said(make, Reason.NEAR_MISS_QTY, evidence, "de", reward=reward, min_quantity=quantity)
    assert words.startswith("Noch 1 x Alpro yogurt 500 g, dann gibt es ")


def test_slip_words_come_from_the_rule(make):
    """Headline, reward, what counts and what not, until when, and the rules of use."""
    products = {
        "1": make.product("1", variant="Plain"),
        "2": make.product("2", variant="Vanilla"),
        "3": make.product("3", variant="Coconut"),
    }
    offer = make.offer(
        gtins=("1", "2", "3"),
        exclude=Selector(("3",)),
        min_quantity=2,
        min_spend_minor=400,
        basket_min_minor=2000,
        use="coupon",
        combinable=False,
        max_uses_per_basket=2,
        terms={"en": "While stocks last."},
        dayparts=(Daypart(from_minute=1020, to_minute=1140),),
    )
    assert slip_words(offer, products, "en", "EUR", date(2026, 11, 30)) == SlipWords(
        headline="Offer O1",
        big="20 % off",
        counts="2 x Alpro yogurt 500 g, from 4.00 € on, from 20.00 € on in all (Plain, Vanilla)",
        not_counts="Not: Coconut",
        validity="Valid until 30 November 2026, 17:00 to 19:00",
        terms="One use per coupon. At most 2 per shopping trip. Not with other offers."
        " While stocks last.",
    )


def test_a_plain_offer_has_few_words(make):
    """Nothing excluded, no rules of its own: only what must be said."""
    offer = make.offer(terms={"en": "Own words."})
    words = slip_words(offer, {}, "de", "EUR", date(2026, 11, 3))
    assert (words.counts, words.not_counts) == ("Alpro yogurt 500 g", "")
    assert (words.validity, words.terms) == ("Gültig bis 03.11.2026", "Own words.")


def test_names_on_a_slip(make):
    """Few known variants are named; many, or unknown ones, are told by the set's title alone."""
    known = {str(n): make.product(str(n), variant=f"V{n}") for n in range(9)}
    few = make.offer(gtins=("1", "2"))
    assert counts_words(few, known, "en", "EUR") == "Alpro yogurt 500 g (V1, V2)"
    assert counts_words(few, {}, "en", "EUR") == "Alpro yogurt 500 g"
    many = make.offer(gtins=tuple("1234567"))
    assert counts_words(many, known, "en", "EUR") == "Alpro yogurt 500 g"
    brand = make.offer(
        include=Selector(brands=("Alpro",)),
        exclude=Selector(("5",), ("Oatly",), ("dairy/skyr",)),
    )
    assert counts_words(brand, known, "en", "EUR") == "Alpro yogurt 500 g"
    assert not_counts_words(brand, known, "en") == "Not: V5, Oatly, skyr"
    unknown = make.offer(exclude=Selector(("77",)))
    assert not_counts_words(unknown, known, "en") == "Not: 77"


def test_an_offer_without_a_title_for_its_set(make):
    """A basket reward needs no set: it counts the whole shopping."""
    offer = make.offer(reward=BasketAmountOff(500))
    offer = type(offer)(
        **{
            **{name: getattr(offer, name) for name in offer.__struct_fields__},
            "products": ProductSet({}, Selector()),
        }
    )
    assert counts_words(offer, {}, "en", "EUR") == "your whole shopping"


@pytest.mark.parametrize(
    ("minor", "language", "currency", "text"),
    [
        (100, "en", "EUR", "1.00 €"),
        (123_456_789, "de", "EUR", "1.234.567,89 €"),
        (123_456_789, "en", "EUR", "1,234,567.89 €"),
        (5, "en", "GBP", "£0.05"),
        (5, "de", "GBP", "0,05 £"),
        (-150, "en", "USD", "-$1.50"),
        (500, "en", "JPY", "¥500"),
        (1500, "en", "KWD", "1.500 KWD"),
        (0, "fr", "SEK", "0.00 SEK"),
    ],
)
def test_money_by_currency_and_language(minor, language, currency, text):
    """Decimals by ISO 4217, signs and separators by language."""
    assert money(minor, language, currency) == text


@given(minor=st.integers(-(10**9), 10**9), language=st.sampled_from(["en", "de"]))
def test_no_cent_is_lost_in_writing(minor, language):
    """The digits of a written amount are the amount."""
    text = money(minor, language, "EUR")
    digits = "".join(character for character in text if character.isdigit())
    assert int(digits) == abs(minor)
    assert text.startswith("-") is (minor < 0)


def test_days():
    """English names the month, German counts it."""
    assert day(date(2026, 3, 1), "en") == "1 March 2026"
    assert day(date(2026, 3, 1), "de") == "01.03.2026"


def test_a_decisions_sentence_end_to_end(make):
    """From a basket to the words: one more, any except the one that does not count."""
    products = {"1": make.product("1"), "2": make.product("2", variant="Coconut")}
    offer = make.offer(
        include=Selector(brands=("Alpro",)),
        exclude=Selector(("2",)),
        min_quantity=2,
        reward=AmountOff(100),
    )
    lines = [make.line("A", "1", 250)]
    verdict = decide(make.context([offer], lines, products=products)).verdicts[0]
    words = sentence(verdict, offer, "en", "EUR")
    assert words == "One more Alpro yogurt 500 g, any except Coconut, and 1.00 € is off."


def test_the_docs_have_a_row_for_each_reason_and_no_other():
    """docs/reasons.md lists the codes in the order of the enum; its sentence for HOLDOUT is ours."""
    text = (Path(__file__).parents[2] / "docs" / "reasons.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in text.splitlines() if row.startswith("| `")]
    assert [row[1].strip(" `") for row in rows] == [reason.value for reason in Reason]
    assert {row[3].strip() for row in rows} == {"all", "cashier", "headquarters"}
    told = {row[1].strip(" `"): row[5].strip() for row in rows}
    assert told["HOLDOUT"] == "No new offer today."
    for reason in Reason:
        fixed = [words for words in SENTENCES["en"][reason] if "{" not in words]
        assert not fixed or told[reason.value] in fixed or len(SENTENCES["en"][reason]) > 1
