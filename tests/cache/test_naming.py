from cache.naming import Naming
from offers.model import OtherReduced, Product, ProductSet, Selector
from tests.cache.conftest import offer

COCOA = Product("1", "Cocoa", "Alba", "drinks/hot/cocoa", attributes=("organic", "vegan"))


def named(*selectors, product=COCOA, **changes):
    """Name the offers of so many selectors that are about the product."""
    offers = [
        offer(number, products=ProductSet({}, selector), **changes)
        for number, selector in enumerate(selectors)
    ]
    return Naming(offers).offers_of(product)


def test_a_product_is_named_by_gtin_brand_path_and_attribute():
    """Each way alone is enough; another product's is not."""
    ways = (
        Selector(gtins=("1",)),
        Selector(brands=("Alba",)),
        Selector(categories=("drinks/hot",)),
        Selector(attributes=("vegan",)),
        Selector(gtins=("2",), brands=("Alb",), categories=("drinks/h",), attributes=("halal",)),
    )
    assert named(*ways) == {"O0", "O1", "O2", "O3"}


def test_what_is_excluded_by_its_number_is_named_too():
    """The slip says what does not count, by the product's own name."""
    excluding = ProductSet({}, Selector(brands=("Bergo",)), Selector(gtins=("1",)))
    assert Naming([offer(1, products=excluding)]).offers_of(COCOA) == {"O1"}


def test_the_product_that_an_offer_reduces_is_named():
    """Recall, stock and law look at it as at those that are bought."""
    reward = OtherReduced(ProductSet({}, Selector(attributes=("organic",))))
    assert named(Selector(gtins=("2",)), reward=reward) == {"O0"}
