"""What cashiers say of the wordings, as headquarters counts it."""

from hq import reports
from hq.inbox import Inbox
from offers.records import Rated
from tests.hq.conftest import NOON


def test_the_least_clear_wording_comes_first(store, publish, lane1):
    """By offer, version and language: how often, the mean, how many at 2 or less, and the notes."""
    publish()
    told = [
        Rated("oat-30", 1, "en", 5),
        Rated("coffee-1", 1, "en", 1, "what is a kilo?", "1204"),
        Rated("coffee-1", 1, "en", 4),
        Rated("coffee-1", 2, "de", 3, "which beans?"),
    ]
    for one in told:
        lane1.write(one, at=NOON)
    Inbox(store).rows("s001", "1", lane1.everything(), NOON)
    found = reports.wordings(store)
    assert [(it["offer_id"], it["version"], it["language"]) for it in found] == [
        ("coffee-1", 1, "en"),
        ("coffee-1", 2, "de"),
        ("oat-30", 1, "en"),
    ]
    first = found[0]
    assert (first["told"], first["clarity"], first["unclear"]) == (2, 2.5, 1)
    assert (first["notes"], found[2]["notes"]) == ("what is a kilo?", None)
