"""The till's calls, one row each: the HTTP routes and the OpenAPI page are made from this table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from agent.desk import Desk
from agent.http_limits import Limits
from agent.till_types import (
    BasketIn,
    DecisionOut,
    DoneOut,
    GoodwillIn,
    GoodwillOut,
    ReturnIn,
    ReturnOut,
    TenderIn,
    TenderOut,
)

ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$"  # a till's own id: no slash, no dot in front


class Call(Struct, frozen=True):
    """One call: `answer` is handed the desk, the id in the path ("" where it has none), the body."""

    method: str
    path: str
    name: str
    about: str
    takes: type[Struct] | None
    gives: type[Struct]
    answer: Callable[[Desk, str, Any], Awaitable[Struct]]
    patience_s: Callable[[Limits], float] = lambda limits: limits.settle_s
    for_page: bool = False


TRANSACTION = "/v1/transactions/{id}"

CALLS = (
    Call(
        "PUT",
        TRANSACTION,
        "put_basket",
        "Send the whole basket, each time it changes, with a higher revision.",
        BasketIn,
        DecisionOut,
        lambda desk, uid_path, basket: desk.put_basket(uid_path, basket),
        lambda limits: limits.basket_s,
    ),
    Call(
        "POST",
        f"{TRANSACTION}/tender",
        "tender",
        "Tell that the sale is paid, and which discounts the till really gave.",
        TenderIn,
        TenderOut,
        lambda desk, uid_path, tender: desk.tender(uid_path, tender),
    ),
    Call(
        "POST",
        f"{TRANSACTION}/void",
        "void",
        "Give the sale up: its coupons are free again.",
        None,
        DoneOut,
        lambda desk, uid_path, _: desk.void(uid_path),
    ),
    Call(
        "POST",
        f"{TRANSACTION}/suspend",
        "suspend",
        "Park the sale: its coupons are free until it is taken up, here or at another lane.",
        None,
        DoneOut,
        lambda desk, uid_path, _: desk.suspend(uid_path),
    ),
    Call(
        "POST",
        "/v1/returns",
        "return_sale",
        "Take lines of a past sale back; the answer says what to refund.",
        ReturnIn,
        ReturnOut,
        lambda desk, _, wanted: desk.return_sale(wanted),
    ),
    Call(
        "POST",
        "/v1/disputes",
        "settle",
        "Settle a refused offer as goodwill.",
        GoodwillIn,
        GoodwillOut,
        lambda desk, _, wish: desk.settle(wish),
        for_page=True,
    ),
)
