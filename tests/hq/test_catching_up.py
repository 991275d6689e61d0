"""A lane that was off for a month: what it missed, by whichever is less to send."""

from datetime import UTC, datetime, timedelta

from hq.inbox import Inbox
from offers.changes import StockOp
from sync.messages import Ask

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def change(store, count: int) -> None:
    with store.change():
        for number in range(count):
            gtin = f"{9520000000000 + number:014}"
            store.add_ops("s001", [StockOp(gtin, n, NOON) for n in range(40)], NOON)


def ask(store, from_rev: int, generation: str = "old") -> list | None:
    return Inbox(store).deltas("s001", Ask("deltas", "e" * 16, generation, from_rev))


def test_few_changes_come_as_deltas(store, publish):
    """Three changes are less than a whole generation: they are sent, joined, without a gap."""
    publish()
    change(store, 3)
    publish(NOON + timedelta(days=30))
    deltas = ask(store, 0)
    assert deltas is not None
    assert (deltas[0].prev_rev, deltas[-1].rev) == (0, 3)
    assert sum(len(delta.ops) for delta in deltas) == 120


def test_a_month_of_changes_is_dearer_than_the_generation_that_holds_them(store, publish):
    """Where the changes weigh more than the whole, the lane is sent to the generation."""
    publish()
    change(store, 600)
    (manifest, *_) = publish(NOON + timedelta(days=30))
    weight = store.conn.execute("SELECT sum(length(ops)) FROM deltas").fetchone()[0]
    assert weight > manifest.size
    assert ask(store, 0) is None
    assert ask(store, 598) is not None  # nearly there: the last two are less


def test_a_lane_that_has_the_generation_needs_only_what_came_after(store, publish):
    """It never pulls what it has, however much there is to tell."""
    publish()
    change(store, 600)
    (manifest, *_) = publish(NOON + timedelta(days=30))
    change(store, 2)
    deltas = ask(store, 600, manifest.generation)
    assert [(delta.prev_rev, delta.rev) for delta in deltas] == [(600, 602)]


def test_what_is_no_longer_kept_comes_as_a_generation(store, publish):
    """After two generations the first changes are gone; the lane takes the whole."""
    publish()
    change(store, 3)
    publish(NOON + timedelta(days=1))
    publish(NOON + timedelta(days=2))
    publish(NOON + timedelta(days=3))
    assert ask(store, 0) is None
