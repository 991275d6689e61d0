"""A discount over lines, to the minor unit, and its way back when lines are returned.

Shares are proportional to what the units cost; what is left over goes to the largest remainders,
ties to the lower line id. So they sum exactly, no share is above its line, and the order in which
lines were scanned does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offers.basket import Earned, Line, Share
from offers.records import Redemption, Reversal


def spread(amount_minor: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share an amount over lines by weight; none gets more than its weight.

    Args:
        amount_minor: at most the sum of the weights.
        weights: line id -> minor units that the discount may touch there.

    Returns:
        Line id -> minor units, in the order of line ids, without the lines that get nothing.

    Raises:
        ValueError: the amount is negative, or more than the weights sum to.
    """
    total = sum(weights.values())
    if not 0 <= amount_minor <= total:
        raise ValueError(f"cannot share {amount_minor} over {total}")
    return portions(amount_minor, weights)


def portions(whole: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Cut a whole by weight, without a limit; the odd parts go to the largest remainders."""
    if not whole:
        return {}
    total = sum(weights.values())
    shares = {line: whole * weights[line] // total for line in sorted(weights)}
    by_remainder = sorted(shares, key=lambda line: (-(whole * weights[line] % total), line))
    for line in by_remainder[: whole - sum(shares.values())]:
        shares[line] += 1
    return {line: share for line, share in shares.items() if share}


def merged(shares: Iterable[Share]) -> tuple[Share, ...]:
    """Add up shares of one offer on one line; in the order of line id, then offer id."""
    sums: dict[tuple[str, str, str], Share] = {}
    for share in shares:
        key = (share.line_id, share.offer_id, share.serial or "")
        before = sums[key].amount_minor if key in sums else 0
        sums[key] = Share(share.line_id, share.offer_id, before + share.amount_minor, share.serial)
    return tuple(sums[key] for key in sorted(sums))


def merged_points(earned: Iterable[Earned]) -> tuple[Earned, ...]:
    """Add up points of one offer on one line, in the same order."""
    sums: dict[tuple[str, str, str], Earned] = {}
    for it in earned:
        key = (it.line_id, it.offer_id, it.serial or "")
        before = sums[key].points if key in sums else 0
        sums[key] = Earned(it.line_id, it.offer_id, before + it.points, it.serial)
    return tuple(sums[key] for key in sorted(sums))


def reverse(
    redemptions: Iterable[Redemption],
    lines: tuple[Line, ...],
    returned_before: frozenset[str],
    returning: frozenset[str],
) -> tuple[Reversal, ...]:
    """Undo the shares and points of lines that come back; whole where an offer's last ones do.

    A line returned before is not undone twice. So partial returns, in any order, sum to the full
    one, and a sale with its full return leaves nothing.

    Args:
        redemptions: of the past sale.
        lines: of the past sale; ids that are not among them are ignored.
        returned_before: line ids of earlier returns of this sale.
        returning: line ids that come back now.
    """
    now = {line.line_id for line in lines if line.line_id in returning} - returned_before
    gone = returned_before | now
    reversals = []
    for redemption in redemptions:
        amount = sum(share.amount_minor for share in redemption.shares if share.line_id in now)
        points = sum(it.points for it in redemption.earned if it.line_id in now)
        if amount or points:
            whole = _lines_of(redemption) <= gone
            serial, claim = redemption.serial, redemption.claim
            reversals.append(Reversal(redemption.offer_id, amount, whole, serial, claim, points))
    return tuple(reversals)


def _lines_of(redemption: Redemption) -> set[str]:
    """Name the lines that carry something of a redemption."""
    shares = {share.line_id for share in redemption.shares if share.amount_minor}
    return shares | {it.line_id for it in redemption.earned if it.points}


def refund_minor(
    redemptions: Iterable[Redemption],
    lines: tuple[Line, ...],
    returned_before: frozenset[str],
    returning: frozenset[str],
) -> int:
    """Compute what to pay back: the returned lines' amounts less the discounts they carried."""
    back = returning - returned_before
    paid = sum(line.amount_minor for line in lines if line.line_id in back)
    reversals = reverse(redemptions, lines, returned_before, returning)
    return paid - sum(reversal.amount_minor for reversal in reversals)
