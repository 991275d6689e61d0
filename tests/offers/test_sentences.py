"""What a cashier says of a verdict: complete in four languages, never with a gap, and concrete."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given, settings, strategies as st

from offers.basket import LeftOut
from offers.bidi import bare
from offers.catalogue import CATALOGUE
from offers.decide import decide
from offers.model import (
    AmountOff,
    BasketPercentOff,
    NthPercent,
    OtherReduced,
    Points,
    ProductSet,
    Selector,
)
from offers.money import SPOKEN
from offers.plurals import forms, ordinal_forms
from offers.reasons import Reason, Verdict
from offers.sentences import left_out_sentence, sentence
from offers.telling import ALWAYS
from offers.wordings import PHRASES, SENTENCES, fields
from tools.list_sentences import EXAMPLES, TARGET, WHYS, listed

NAMES = st.sampled_from(["Alpro", "Coconut, Vanilla", "زبادي", "S2/L1", "100 % Saft", "{odd}"])
KINDS = {  # evidence by the form of its value; the rest is text
    "count": st.integers(0, 2_000_000),
    "day": st.sampled_from(["2026-11-20", "2026-11-19T18:05:00+00:00", "some day"]),
    "what": st.sampled_from(["set", "basket", "other", "panel", "stock", "clock", "issues"]),
    "clock": st.sampled_from(["00:00", "17:00", "24:00"]),
    "weekdays": st.sampled_from(["0", "0, 1, 2", "1, 5", "9", "x"]),
}
COUNTS = "cap cover_days least limit max_uses missing missing_distinct missing_g missing_other"
COUNTS += " missing_pieces most on_hand on_shelf pictured points sold times units uses"
COUNTS += " amount_minor missing_minor total_minor"
FORMS = {
    **dict.fromkeys(COUNTS.split(), "count"),
    **dict.fromkeys(["ended", "out_until", "starts", "until", "when"], "day"),
    **dict.fromkeys(["from", "to"], "clock"),
    "what": "what",
    "weekdays": "weekdays",
}


def value_of(key):
    """Give what the evidence may hold under a key."""
    return KINDS.get(FORMS.get(key, ""), NAMES)


def said(make, reason, evidence=None, language="en", outcome="not_applied", **offer):
    """Say a verdict on an offer of 1.00 € off, without marks and with plain blanks."""
    an_offer = make.offer(**{"reward": AmountOff(100), **offer})
    verdict = Verdict("O1", 1, outcome, reason, evidence or {})
    return bare(sentence(verdict, an_offer, language, "EUR")).replace("\u00a0", " ")


def test_every_language_is_complete():
    """Each reason and each phrase in each language, each plural with the forms that CLDR names."""
    assert set(SENTENCES) == set(PHRASES) == set(SPOKEN) == {"en", "es", "de", "ar"}
    for language in SPOKEN:
        assert list(SENTENCES[language]) == list(Reason)
        assert all(set(fields(it[-1])) <= set(ALWAYS) for it in SENTENCES[language].values())
        assert PHRASES[language].keys() == PHRASES["en"].keys()
        for name, words in PHRASES[language].items():
            assert isinstance(words, dict) is isinstance(PHRASES["en"][name], dict), name
            if isinstance(words, dict):
                wanted = ordinal_forms(language) if name == "nth" else forms(language)
                assert set(words) == wanted, (language, name)


def asked(words):
    """Name the facts that a phrase asks for in any of its forms."""
    all_forms = words.values() if isinstance(words, dict) else [words]
    return {name for form in all_forms for _, name, _, _ in Formatter().parse(form) if name}


def test_every_language_asks_for_the_same_facts():
    """No language says less than another: the same wordings, the same facts in each."""
    for language in SPOKEN:
        for reason in Reason:
            here, english = SENTENCES[language][reason], SENTENCES["en"][reason]
            assert [set(fields(it)) for it in here] == [set(fields(it)) for it in english], reason
        for name, words in PHRASES[language].items():
            assert asked(words) == asked(PHRASES["en"][name]), (language, name)


REWARDS = st.sampled_from(
    [
        AmountOff(100),
        NthPercent(50, 300),
        Points(5),
        BasketPercentOff(5),
        OtherReduced(ProductSet({"en": "croissant"}, Selector(("2",))), 30, 2),
    ]
)


@given(data=st.data(), language=st.sampled_from(SPOKEN), reason=st.sampled_from(list(Reason)))
@settings(max_examples=200, deadline=None)
def test_no_sentence_has_a_gap_whatever_of_the_evidence_is_there(make_all, data, language, reason):
    """Any part of the evidence, any reward: one sentence, no placeholder, no empty place."""
    keys = data.draw(st.sets(st.sampled_from(CATALOGUE[reason].evidence or ("none",))))
    evidence = {key: data.draw(value_of(key)) for key in sorted(keys)}
    words = said(make_all, reason, evidence, language, reward=data.draw(REWARDS))
    assert words.endswith(".")
    unfilled = {name for _, name, _, _ in Formatter().parse(words.replace("{odd}", "")) if name}
    assert not unfilled
    assert "None" not in words
    assert not re.search(r"  | [.,]|\(\)|\(,|،،|,,|\.\.$", words), words
    first = words.replace("{odd}", "A")[0]
    assert not first.islower()


@pytest.mark.parametrize(
    ("reason", "evidence", "english", "spanish", "german", "arabic"),
    [
        (
            Reason.NEAR_MISS_QTY,
            {"except": "Coconut", "missing": 1, "set": "x"},
            "1 more Alpro yogurt 500 g, any kind except Coconut, and you get 1.00 € off.",
            "Con 1 unidad más de Alpro yogurt 500 g (cualquier tipo menos Coconut),"
            " consigue 1,00 € de descuento.",
            "Noch 1 x Alpro yogurt 500 g (alle außer Coconut), dann gibt es 1,00 € Rabatt.",
            "تبقّت قطعة واحدة من Alpro yogurt 500 g (أي نوع ما عدا Coconut) للحصول على خصم 1.00 €.",
        ),
        (
            Reason.NEAR_MISS_VALUE,
            {"missing_minor": 250, "set": "x", "what": "basket"},
            "2.50 € more in the basket, and you get 1.00 € off.",
            "Con 2,50 € más en la compra, consigue 1,00 € de descuento.",
            "Noch 2,50 € im Einkauf, dann gibt es 1,00 € Rabatt.",
            "تبقّى شراء بقيمة 2.50 € للحصول على خصم 1.00 €.",
        ),
        (
            Reason.EXPIRED,
            {"ended": "2026-11-09"},
            "Offer O1 ended on 9 November 2026.",
            "Offer O1 terminó el 9 de noviembre de 2026.",
            "Offer O1 endete am 09.11.2026.",
            "انتهى عرض Offer O1 في 9 نوفمبر 2026.",
        ),
        (
            Reason.ALREADY_REDEEMED,
            {"when": "2026-11-19T18:05:00+00:00", "where": "S2/L1"},
            "This coupon was already used on 19 November 2026 (store S2, till L1).",
            "Este cupón ya se usó el 19 de noviembre de 2026 (tienda S2, caja L1).",
            "Dieser Coupon wurde schon am 19.11.2026 eingelöst (Markt S2, Kasse L1).",
            "استُخدمت هذه القسيمة من قبل في 19 نوفمبر 2026 (متجر S2، صندوق L1).",
        ),
        (
            Reason.NOT_COMBINABLE,
            {"by": "O1", "max_uses": 2},
            "Offer O1 can be used 2 times per shopping trip, and that is done.",
            "Offer O1 se puede usar 2 veces por compra, y ya se ha usado.",
            "Offer O1 gilt 2 Mal je Einkauf und ist schon angerechnet.",
            "يمكن استخدام عرض Offer O1 مرتين في كل عملية شراء، وقد استُخدم.",
        ),
        (
            Reason.HOLDOUT,
            {},
            "No new offer today.",
            "Hoy no hay ofertas nuevas.",
            "Heute gibt es kein neues Angebot.",
            "لا يوجد عرض جديد اليوم.",
        ),
    ],
)
def test_sentences_are_concrete(make, reason, evidence, english, spanish, german, arabic):
    """The very words in each language; a region falls back to its language, others to English."""
    assert said(make, reason, evidence) == said(make, reason, evidence, "fr") == english
    assert said(make, reason, evidence, "es") == spanish
    assert said(make, reason, evidence, "de") == said(make, reason, evidence, "de-lu") == german
    assert said(make, reason, evidence, "ar") == said(make, reason, evidence, "ar-ae") == arabic


@pytest.mark.parametrize(
    ("evidence", "english"),
    [
        ({"missing": 3}, "3 more Alpro yogurt 500 g, and you get 1.00 € off."),
        ({"missing_pieces": 1}, "1 more piece of Alpro yogurt 500 g, and you get 1.00 € off."),
        ({"missing_distinct": 2}, "2 more kinds of Alpro yogurt 500 g, and you get 1.00 € off."),
        ({"missing_g": 1250}, "1.25 kg more of Alpro yogurt 500 g, and you get 1.00 € off."),
        (
            {"missing": 3, "missing_distinct": 1, "missing_minor": 250, "what": "set"},
            "3 more Alpro yogurt 500 g, 1 of another kind, for 2.50 € or more,"
            " and you get 1.00 € off.",
        ),
        (
            {"missing": 1, "missing_minor": 900, "what": "basket", "except": "Coconut"},
            "1 more Alpro yogurt 500 g, with 9.00 € more in the basket in all,"
            " any kind except Coconut, and you get 1.00 € off.",
        ),
        ({"missing": 0}, "A little more is needed for Offer O1."),
    ],
)
def test_all_that_is_missing_is_said(make, evidence, english):
    """Units, pieces, kinds, weight and money, each by itself and together."""
    assert said(make, Reason.NEAR_MISS_QTY, {"set": "x", **evidence}) == english


def test_the_reduced_product_is_named_where_it_is_missing(make):
    """By its own title in the language that is spoken, beside the set or alone."""
    other = ProductSet({"en": "butter croissant", "de": "Buttercroissant"}, Selector(("2",)))
    alone = {"missing": 1, "what": "other", "other": "x", "set": "x"}
    beside = {"missing": 2, "missing_other": 1, "other": "x", "set": "x"}
    free, half = OtherReduced(other), OtherReduced(other, 50)
    words = said(make, Reason.NEAR_MISS_QTY, alone, reward=free)
    assert words == "Add 1 x butter croissant, and it is free."
    words = said(make, Reason.NEAR_MISS_QTY, alone, "de", reward=half)
    assert words == "Dazu 1 x Buttercroissant, dann gibt es das zum halben Preis."
    words = said(make, Reason.NEAR_MISS_QTY, beside, reward=free)
    assert words == (
        "2 more Alpro yogurt 500 g, plus 1 x butter croissant, and you get a free butter croissant."
    )


def test_applied_and_printed(make):
    """An applied offer says what is saved and which points are given; a printed one that it is out."""
    offer = make.offer()
    applied = Verdict("O1", 1, "applied", Reason.APPLIED, {}, None, 60)
    assert sentence(applied, offer, "en", "GBP") == "Offer O1: you save £0.60."
    both = Verdict("O1", 1, "applied", Reason.APPLIED, {}, None, 60, 1)
    assert sentence(both, offer, "en", "GBP") == "Offer O1: you save £0.60 and get 1 point."
    points = Verdict("O1", 1, "applied", Reason.APPLIED, {"amount_minor": 0}, None, 0, 1000)
    assert sentence(points, offer, "en", "GBP") == "Offer O1: you get 1,000 points."
    words = said(make, Reason.APPLIED, outcome="printed")
    assert words == "Offer O1: printed for your next visit."


def test_hours_and_days_of_the_week(make):
    """Three days in a row by the first and the last, others one by one, all seven not at all."""
    times = {"from": "08:00", "to": "12:00"}
    evening = {"from": "00:00", "to": "24:00", "weekdays": "1, 5"}
    reason, lead = Reason.WRONG_DAYPART, "Offer O1 is valid at these times only:"
    assert said(make, reason, times) == f"{lead} 08:00 to 12:00."
    assert said(make, reason, evening) == f"{lead} Tue, Sat."
    week = {**times, "weekdays": "0, 1, 2, 3, 4"}
    assert said(make, reason, week) == f"{lead} Mon to Fri 08:00 to 12:00."
    assert said(make, reason, week, "de").endswith("Mo bis Fr 08:00 bis 12:00 Uhr.")


def test_names_from_outside_stand_in_isolates_in_arabic_alone(make):
    """A Latin name inside an Arabic sentence is wrapped once, and so are amounts and dates."""
    verdict = Verdict("O1", 1, "not_applied", Reason.EXPIRED, {"ended": "2026-11-09"})
    words = sentence(verdict, make.offer(), "ar", "EUR")
    assert words == "انتهى عرض \u2068Offer O1\u2069 في \u20689 نوفمبر 2026\u2069."
    for language in ("en", "es", "de"):
        assert "\u2068" not in sentence(verdict, make.offer(), language, "EUR")


def test_a_fact_that_cannot_be_read_is_said_as_it_is(make):
    """A date that is none, an amount that is text: no sentence fails for them."""
    assert said(make, Reason.EXPIRED, {"ended": "some day"}) == "Offer O1 ended on some day."
    assert said(make, Reason.GOODWILL, {"amount_minor": "x"}) == "This was given as goodwill."
    near = said(make, Reason.NEAR_MISS_QTY, {"missing": "one", "set": "x"})
    assert near == "A little more is needed for Offer O1."
    here = said(make, Reason.ALREADY_REDEEMED, {"where": "our web shop"})
    assert here == "This coupon was already used (our web shop)."
    assert said(make, Reason.CAP_CATEGORY, {"cap": 2, "category": "dairy/yogurt"}) == (
        "This month's limit for printed offers on yogurt (2) is reached."
    )


@pytest.mark.parametrize("language", SPOKEN)
def test_lines_that_were_left_out_are_said(language):
    """Each why has its sentence, with the till's own line."""
    words = [left_out_sentence(LeftOut("L7", why), language) for why in WHYS]
    assert all("L7" in it and it.endswith(".") for it in words)
    assert len(set(words)) == len(WHYS) == 4


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
    words = sentence(verdict, offer, "en", "EUR").replace("\u00a0", " ")
    assert words == "1 more Alpro yogurt 500 g, any kind except Coconut, and you get 1.00 € off."


def test_the_page_of_sentences_is_current():
    """docs/sentences.md is what `python tools/list_sentences.py` would write."""
    assert TARGET.read_text(encoding="utf-8") == listed()


def test_every_wording_is_said_on_the_page(make):
    """A person who reads docs/sentences.md has read each wording of each reason."""
    for reason in Reason:
        wordings = SENTENCES["en"][reason]
        words = [said(make, reason, evidence) for evidence in EXAMPLES[reason]]
        for wording in wordings:
            pattern = re.escape(re.sub(r"\{if_\w+\}", "", wording))
            pattern = re.sub(r"\\\{\w+\\\}", ".+", pattern)
            assert any(re.fullmatch(pattern, it) for it in words), (reason, wording)
