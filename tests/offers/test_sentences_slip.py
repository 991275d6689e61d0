"""Rewards in words, and what a printed slip says of an offer."""

from __future__ import annotations

from datetime import date

import pytest

from offers.bidi import bare
from offers.model import (
    AmountOff,
    AmountOffPerKg,
    BasketAmountOff,
    BasketPercentOff,
    CheapestFree,
    Condition,
    Daypart,
    FixedPrice,
    NForM,
    NthPercent,
    OtherReduced,
    PercentOff,
    Points,
    ProductSet,
    Selector,
)
from offers.promises import reward_words
from offers.reasons import Reason, Verdict
from offers.sentences import SlipWords, counts_words, not_counts_words, sentence, slip_words

CROISSANT = ProductSet({"en": "croissant"}, Selector(("2",)))


def plainly(words):
    """Take out the marks, and make every blank a plain one."""
    return bare(words).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("reward", "quantity", "english", "german", "promise"),
    [
        (PercentOff(20), 1, "20% off", "20 % Rabatt", "and you get 20% off"),
        (
            PercentOff(20, 300),
            1,
            "20% off, up to 3.00 €",
            "20 % Rabatt, höchstens 3,00 €",
            "and you get 20% off, up to 3.00 €",
        ),
        (AmountOff(100), 1, "1.00 € off", "1,00 € Rabatt", "and you get 1.00 € off"),
        (
            AmountOffPerKg(100),
            1,
            "1.00 € off per kg",
            "1,00 € Rabatt je kg",
            "and you get 1.00 € off per kg",
        ),
        (FixedPrice(199), 1, "1.99 €", "1,99 €", "and it costs only 1.99 €"),
        (
            FixedPrice(500),
            3,
            "3 for 5.00 €",
            "3 für 5,00 €",
            "and they cost only 5.00 € together",
        ),
        (
            CheapestFree(),
            3,
            "cheapest one free",
            "der günstigste Artikel gratis",
            "and the cheapest one is free",
        ),
        (NForM(2), 3, "3 for 2", "3 für 2", "and you get 3 for 2"),
        (
            NthPercent(50),
            2,
            "2nd one half price",
            "der 2. Artikel zum halben Preis",
            "and the 2nd one is half price",
        ),
        (NthPercent(100), 3, "3rd one free", "der 3. Artikel gratis", "and the 3rd one is free"),
        (
            NthPercent(30),
            11,
            "30% off the 11th one",
            "30 % auf den 11. Artikel",
            "and the 11th one is 30% off",
        ),
        (
            NthPercent(30),
            1,
            "30% off the cheapest one",
            "30 % auf den günstigsten Artikel",
            "and the cheapest one is 30% off",
        ),
        (
            OtherReduced(CROISSANT),
            2,
            "a free croissant",
            "croissant gratis",
            "and you get a free croissant",
        ),
        (
            OtherReduced(CROISSANT, 50, 2),
            2,
            "2 x croissant at half price",
            "2 x croissant zum halben Preis",
            "and you get 2 x croissant at half price",
        ),
        (Points(1), 1, "1 point", "1 Punkt", "and you get 1 point"),
        (Points(2500), 1, "2,500 points", "2.500 Punkte", "and you get 2,500 points"),
        (
            BasketAmountOff(500),
            1,
            "5.00 € off your shopping",
            "5,00 € Rabatt auf den Einkauf",
            "and you get 5.00 € off your shopping",
        ),
        (
            BasketPercentOff(5, 1000),
            1,
            "5% off your shopping, up to 10.00 €",
            "5 % Rabatt auf den Einkauf, höchstens 10,00 €",
            "and you get 5% off your shopping, up to 10.00 €",
        ),
    ],
)
def test_rewards_in_words(make, reward, quantity, english, german, promise):
    """On paper, and at the end of a sentence."""
    offer = make.offer(reward=reward, min_quantity=quantity)
    assert plainly(reward_words(offer, "en", "EUR")) == english
    assert plainly(reward_words(offer, "de", "EUR")) == german
    near = Verdict("O1", 1, "near_miss", Reason.NEAR_MISS_QTY, {"missing": 1, "set": "x"})
    words = plainly(sentence(near, offer, "en", "EUR"))
    assert words == f"1 more Alpro yogurt 500 g, {promise}."


def test_points_in_arabic_and_a_million_in_spanish(make):
    """Each plural of a language that has more than two."""
    words = [plainly(reward_words(make.offer(reward=Points(n)), "ar", "")) for n in (1, 2, 3, 11)]
    assert words == ["نقطة واحدة", "نقطتين", "3 نقاط", "11 نقطة"]
    million = make.offer(reward=Points(1_000_000))
    assert reward_words(million, "es", "EUR") == "1.000.000 de puntos"


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
    words = slip_words(offer, products, "en", "EUR", date(2026, 11, 30))
    assert SlipWords(*map(plainly, words)) == SlipWords(
        headline="Offer O1",
        big="20% off",
        counts="2 x Alpro yogurt 500 g, from 4.00 €, when you spend 20.00 € in all (Plain, Vanilla)",
        not_counts="Not: Coconut",
        validity="Valid until 30 November 2026, 17:00 to 19:00",
        terms="One use per coupon. At most 2 per shopping trip. Not with other offers."
        " While stocks last.",
    )


def test_pieces_kinds_weight_days_and_limits_are_on_the_slip(make):
    """Whatever the rule asks for, the paper says."""
    condition = Condition(
        min_quantity=6,
        count="pieces",
        min_distinct=2,
        min_weight_g=1500,
        dayparts=(Daypart((0, 1, 2)), Daypart((5,), 480, 720)),
    )
    offer = make.offer(condition=condition, max_uses_per_shopper=1, max_redemptions=5000)
    words = slip_words(offer, {}, "en", "EUR", date(2026, 11, 30))
    assert words.counts == "6 pieces of Alpro yogurt 500 g, 2 different kinds, 1.5 kg or more"
    assert words.validity == "Valid until 30 November 2026, Mon to Wed, Sat 08:00 to 12:00"
    assert words.terms == "Once per shopper. For the first 5,000 only."


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Valid from 20 November 2026 to 30 November 2026"),
        ("de", "Gültig vom 20.11.2026 bis 30.11.2026"),
        ("es", "Válido del 20 de noviembre de 2026 al 30 de noviembre de 2026"),
        ("ar", "صالح من 20 نوفمبر 2026 إلى 30 نوفمبر 2026"),
    ],
)
def test_both_days_are_said(make, language, said):
    """From and to where both are known; a single day is said once."""
    first, last = date(2026, 11, 20), date(2026, 11, 30)
    words = slip_words(make.offer(), {}, language, "EUR", last, first)
    assert plainly(words.validity) == said
    alone = slip_words(make.offer(), {}, language, "EUR", last, last).validity
    assert alone == slip_words(make.offer(), {}, language, "EUR", last).validity


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
    marked = make.offer(include=Selector(("1", "2"), attributes=("organic",)))
    assert counts_words(marked, known, "en", "EUR") == "Alpro yogurt 500 g"


def test_an_offer_without_a_title_for_its_set(make):
    """A basket reward needs no set: it counts the whole shopping."""
    offer = make.offer(reward=BasketAmountOff(500), products=ProductSet({}, Selector()))
    assert counts_words(offer, {}, "en", "EUR") == "your whole shopping"
    assert counts_words(offer, {}, "ar", "EUR") == "كل المشتريات"


def test_an_arabic_slip_has_its_names_in_isolates(make):
    """The layout goes by them; the headline is the author's own and stays as it is."""
    offer = make.offer(exclude=Selector(("9",)), title={"ar": "خصم على Alpro"})
    words = slip_words(offer, {}, "ar", "EUR", date(2026, 11, 30))
    assert words.headline == "خصم على Alpro"
    assert words.counts == "\u2068Alpro yogurt 500 g\u2069"
    assert words.not_counts == "ما عدا: \u20689\u2069"
