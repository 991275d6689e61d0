"""What rules look up at once is what asking product by product would give."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings, strategies as st

from offers.context import IssueContext, Policy, StoreFacts
from offers.model import OtherReduced, PastUse, ProductSet, Selector
from offers.offer_sets import known_gtins, offer_category
from offers.shelf import counts
from offers.slip_facts import SlipFacts

GTINS = "12345678"
BRANDS = ("X", "Y", "Z")
PATHS = ("a", "a/b", "a/b/c", "a/bb", "d")
WORDS = ("organic", "vegan")


def some(values, most=2):
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


selectors = st.builds(
    Selector, some((*GTINS, "99")), some(BRANDS, 1), some(PATHS, 1), some(WORDS, 1)
)
sets = st.builds(ProductSet, st.just({"en": "set"}), selectors, selectors)


def a_range(make, draw):
    return {
        gtin: make.product(
            gtin,
            brand=draw(st.sampled_from(BRANDS)),
            category=draw(st.sampled_from(PATHS)),
            attributes=draw(some(WORDS)),
        )
        for gtin in draw(some(GTINS, 6))
    }


def facts_of(make, products, past=()):
    context = IssueContext(make.noon, StoreFacts("S1"), Policy(), (), products, {}, past)
    return SlipFacts(context)


@given(data=st.data(), products=sets, reward=sets)
@settings(max_examples=200, deadline=None)
def test_a_set_counts_what_it_counts(make_all, data, products, reward):
    """Every GTIN that is known or named, asked one by one; in the other set of the offer too."""
    range_ = a_range(make_all, data.draw)
    facts = facts_of(make_all, range_)
    asked = {*range_, *products.include.gtins}
    expected = {gtin for gtin in asked if counts(products, gtin, range_.get(gtin))}
    assert set(facts.known(products)) == expected
    offer = make_all.offer(include=products.include, exclude=products.exclude)
    assert facts.known_gtins(offer) == tuple(facts.known(offer.products))
    both = make_all.offer(
        include=products.include, exclude=products.exclude, reward=OtherReduced(reward)
    )
    assert set(facts.known_gtins(both)) == expected | set(facts.known(reward))


@given(data=st.data(), products=sets)
@settings(max_examples=100, deadline=None)
def test_a_category_is_that_of_the_whole_range(make_all, data, products):
    """What is found from the offer's own products is what the lane writes into the row."""
    range_ = a_range(make_all, data.draw)
    offer = make_all.offer(include=products.include, exclude=products.exclude)
    assert facts_of(make_all, range_).category(offer) == offer_category(offer, range_, 2)
    assert set(facts_of(make_all, range_).known_gtins(offer)) == set(known_gtins(offer, range_))


def test_month_and_week_at_their_edges(make):
    """The 20th of November: the month since the 1st, the week since the 14th; redeemed is no message."""
    past = tuple(
        PastUse(kind, "O1", date(2026, month, day), "a", channel)
        for kind, month, day, channel in (
            ("issued", 10, 31, "receipt"),
            ("issued", 11, 1, "receipt"),
            ("issued", 11, 14, "receipt"),
            ("contact", 11, 13, "email"),
            ("contact", 11, 20, "email"),
            ("redeemed", 11, 20, "receipt"),
        )
    )
    facts = facts_of(make, {}, past)
    assert [use.on.day for use in facts.issued_this_month] == [1, 14]
    assert (facts.issued_in("a"), facts.issued_in("b")) == (2, 0)
    assert [use.on.day for use in facts.told_this_week] == [14, 20]
    assert (facts.told_by("receipt"), facts.told_by("email"), facts.told_by("app")) == (1, 1, 0)
    assert len(facts.past_of(make.offer("O1"))) == 6
    assert facts.past_of(make.offer("O2")) == []
