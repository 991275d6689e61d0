"""A lane in process, as most tests of this room want it."""

import pytest

from tests.lane_shop import running_lane


@pytest.fixture
async def shop(tmp_path):
    """A wired lane whose devices, arbiter and clock are in the test's hand."""
    async with running_lane(tmp_path) as lane:
        yield lane
