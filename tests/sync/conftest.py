"""What the tests of the wire share: a broker, keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import Broker, start_mosquitto


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    broker = start_mosquitto(tmp_path)
    yield broker
    broker.kill()
