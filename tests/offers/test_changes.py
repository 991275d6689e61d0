"""What headquarters changes travels as tagged values."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from offers.changes import AssignOp, LeaseOp, Op, PastOp, SoldOp, StockOp
from offers.model import Assignment, PastUse
from offers.serials import Lease

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("op", "tag"),
    [
        (StockOp("1", 4, NOW), "stock"),
        (SoldOp("L1", "00", 7, "1", 2, NOW), "sold"),
        (PastOp("L1", "00", 7, "ff", PastUse("issued", "O1", date(2026, 11, 1))), "past"),
        (
            AssignOp("ff", (Assignment("O1", 0.5, date(2026, 11, 1), date(2026, 11, 30)),)),
            "assign",
        ),
        (LeaseOp(Lease(1, "S1", "L1", "00", "k1")), "lease"),
    ],
)
def test_a_change_is_read_back_by_its_tag(op, tag):
    """The union is told apart by the tag alone."""
    data = msgspec.json.encode(op)
    assert msgspec.json.decode(data)["type"] == tag
    assert msgspec.json.decode(data, type=Op) == op
