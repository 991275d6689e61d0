"""What a till is told while its lane's disk fails, and that nothing of a refused call is half there."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults_disk.shim import FOREVER, live

CALLS = 10  # of the day, all of which write


def day(shim: Path, place: Path, fault: str, first: int, many: int) -> dict[str, Any]:
    place.mkdir()
    return live(shim, "sick_till", place, fault, first, many)


@pytest.fixture(scope="module")
def well(shim, tmp_path_factory) -> dict[str, Any]:
    """The same day on a good disk."""
    told = day(shim, tmp_path_factory.mktemp("well") / "lane", "none", 1, 1)
    assert (told["refused"], len(told["answers"])) == ([], CALLS)
    assert {status for status, _ in told["answers"]} == {200}
    return told


@pytest.mark.parametrize(
    ("fault", "code"),
    [("eiosync", "disk_failed"), ("readonly", "disk_failed"), ("enospc", "disk_full")],
)
def test_each_call_is_refused_by_name_and_the_repeat_is_as_if_it_were_the_first(
    shim, tmp_path, well, fault, code
):
    """Each of ten calls is refused with 503; once the disk is well, answers and rows are the good day's."""
    told = day(shim, tmp_path / "lane", fault, 1, FOREVER)
    assert told["refused"] == [f"503 {code}"] * CALLS
    assert (told["answers"], told["rows"]) == (well["answers"], well["rows"])


def test_a_claim_whose_outcome_could_not_be_written_is_not_asked_for_again(shim, tmp_path, well):
    """The second sync of a call fails: the right that was granted is kept, and written with the repeat."""
    told = day(shim, tmp_path / "lane", "eiosync", 2, 1)
    assert told["refused"] == ["503 disk_failed"] * 4  # the baskets with a claim
    assert (told["answers"], told["rows"]) == (well["answers"], well["rows"])
