"""A lane cut off for a year does not fill its memory: what no longer counts is forgotten at start."""

from datetime import timedelta

from cache.entries import Entry

DAY = timedelta(days=1)


async def test_what_no_longer_counts_takes_no_memory_after_a_restart(lane, make):
    """The rows stay, unacknowledged; of the old sale only the used coupon is remembered."""
    old = make.NOON - 70 * DAY
    async with lane.journal() as journal:
        ref = journal.ref(make.ANNA)
        used = (make.redemption("000070001234"),)
        await journal.append(
            Entry(make.tendered("u1", key=make.key(1), shopper=ref, redemptions=used), old)
        )
        await journal.append(Entry(make.tendered("u2", key=make.key(2)), make.NOON - DAY))
    async with lane.journal() as journal:
        assert journal.mirror.tendered(make.key(1)) is None
        assert journal.mirror.tendered(make.key(2)) == "u2"
        assert journal.mirror.redeemed_serial("000070001234") == ("u1", old)
        assert [row.seq for row in await journal.rows_after(0, 9)] == [1, 2]


async def test_a_row_of_a_clock_that_ran_ahead_forgets_nothing_early(lane, make):
    """A row dated next year, then rows of today: today's lane still knows yesterday's sale."""
    async with lane.journal() as journal:
        await journal.append(Entry(make.tendered("u1", key=make.key(1)), make.NOON - DAY))
        await journal.append(Entry(make.tendered("u2", key=make.key(2)), make.NOON + 365 * DAY))
    async with lane.journal() as journal:
        assert journal.mirror.tendered(make.key(1)) == "u1"
