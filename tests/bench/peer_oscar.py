"""django-oscar's offers on a database in memory: the same shop, basket and rules as ours get.

https://github.com/django-oscar/django-oscar, 4.2.1. Only `bench_peers` imports this, and only where
the extra `peers` is installed. Prices are whole minor units here, decimals there.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.core.management import call_command

from offers.basket import Line
from offers.model import AmountOff, CheapestFree, FixedPrice, Offer, PercentOff

_number = count(1)


class Applied(NamedTuple):
    """What oscar gave: per offer in minor units, and in all."""

    offers: dict[str, int]
    total_minor: int


def start() -> None:
    """Configure Django with oscar's own applications and an empty database in memory."""
    from oscar import defaults  # settings come before models

    warnings.filterwarnings("ignore", module="haystack")  # no search index: none is asked
    oscar = [f"oscar.apps.{name}" for name in _APPLICATIONS]
    settings.configure(
        **{name: value for name, value in vars(defaults).items() if name.isupper()},
        SECRET_KEY="bench",
        USE_TZ=True,
        SITE_ID=1,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HAYSTACK_CONNECTIONS={
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
        },
        INSTALLED_APPS=[
            *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sites"),
            *("django.contrib.sessions", "django.contrib.messages", "django.contrib.flatpages"),
            *("oscar.config.Shop", *oscar, "haystack", "treebeard", "django_tables2"),
        ],
        MIGRATION_MODULES={name.rsplit(".", 3)[-3]: None for name in _APPLICATIONS},
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


_APPLICATIONS = (
    *("analytics.apps.AnalyticsConfig", "checkout.apps.CheckoutConfig"),
    *("address.apps.AddressConfig", "shipping.apps.ShippingConfig"),
    *("catalogue.apps.CatalogueConfig", "catalogue.reviews.apps.CatalogueReviewsConfig"),
    *("communication.apps.CommunicationConfig", "partner.apps.PartnerConfig"),
    *("basket.apps.BasketConfig", "payment.apps.PaymentConfig", "offer.apps.OfferConfig"),
    *("order.apps.OrderConfig", "customer.apps.CustomerConfig", "search.apps.SearchConfig"),
    *("voucher.apps.VoucherConfig", "wishlists.apps.WishlistsConfig"),
    "dashboard.apps.DashboardConfig",
    *(
        f"dashboard.{name}.apps.{title}DashboardConfig"
        for name, title in (
            *(("reports", "Reports"), ("users", "Users"), ("orders", "Orders")),
            *(("catalogue", "Catalogue"), ("offers", "Offers"), ("partners", "Partners")),
            *(("pages", "Pages"), ("ranges", "Ranges"), ("reviews", "Reviews")),
            *(("vouchers", "Vouchers"), ("communications", "Communications")),
            ("shipping", "Shipping"),
        )
    ),
)


class Peer:
    """One shop of oscar's: products by GTIN, offers as it stores them."""

    def __init__(self, prices: dict[str, int]) -> None:
        from oscar.core.loading import get_class, get_model  # after `start`

        self._model = get_model
        self._applicator = get_class("offer.applicator", "Applicator")()
        self._strategy = get_class("partner.strategy", "Default")()
        maker = get_model("catalogue", "ProductClass").objects.create(name=f"shop {next(_number)}")
        partner = get_model("partner", "Partner").objects.create(name=maker.name)
        self._products = {g: self._product(g, minor, maker, partner) for g, minor in prices.items()}

    def _product(self, gtin: str, minor: int, maker: Any, partner: Any) -> Any:
        product = self._model("catalogue", "Product").objects.create(
            title=gtin, product_class=maker
        )
        self._model("partner", "StockRecord").objects.create(
            product=product,
            partner=partner,
            partner_sku=gtin,
            price=_decimal(minor),
            num_in_stock=10_000,
        )
        return product

    def offers(self, ours: Iterable[Offer], *, exclusive: bool) -> list[Any]:
        """Write our offers as oscar's, once a basket each; its order of application is kept."""
        return [self._offer(offer, exclusive) for offer in ours]

    def _offer(self, offer: Offer, exclusive: bool) -> Any:
        where = self._model("offer", "Range").objects.create(name=f"range {next(_number)}")
        for gtin in offer.products.include.gtins:
            where.add_product(self._products[gtin])
        wanted = offer.condition.min_quantity
        condition = self._model("offer", "Condition").objects.create(
            range=where, type="Count", value=wanted
        )
        kind, value = _benefit(offer)
        benefit = self._model("offer", "Benefit").objects.create(
            range=where,
            type=kind,
            value=value,
            max_affected_items=None if kind in ("Multibuy", "Fixed price") else wanted,
        )
        return self._model("offer", "ConditionalOffer").objects.create(
            name=offer.offer_id,
            condition=condition,
            benefit=benefit,
            priority=offer.priority,
            exclusive=exclusive,
            max_basket_applications=1,
        )

    def basket(self, lines: Iterable[Line]) -> Any:
        """Put the lines into a new basket, with all it reads of them already in memory."""
        basket = self._model("basket", "Basket").objects.create()
        basket.strategy = self._strategy
        for line in lines:
            basket.add_product(self._products[line.gtin], line.quantity)
        basket.all_lines()
        return basket

    def apply(self, basket: Any, offers: list[Any]) -> Applied:
        """Run its applicator on a basket that no offer touched yet."""
        basket.reset_offer_applications()
        self._applicator.apply_offers(basket, offers)
        given = {
            result["offer"].name: _minor(result["discount"])
            for result in basket.offer_applications
            if result["discount"]
        }
        return Applied(given, _minor(basket.total_discount))


def _benefit(offer: Offer) -> tuple[str, Decimal | None]:
    """Give oscar's benefit type and value; amounts and percentages are on the units of one use."""
    match offer.reward:
        case PercentOff(percent):
            return "Percentage", Decimal(percent)
        case AmountOff(minor):
            return "Absolute", _decimal(minor)
        case FixedPrice(minor):
            return "Fixed price", _decimal(minor)
        case CheapestFree():
            return "Multibuy", None
        case other:
            raise ValueError(f"oscar has no {type(other).__name__}")


def _decimal(minor: int) -> Decimal:
    return Decimal(minor) / 100


def _minor(amount: Decimal) -> int:
    return int(amount * 100)
