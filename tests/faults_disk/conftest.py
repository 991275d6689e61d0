"""The shim, built once for all tests of a run."""

from pathlib import Path

import pytest

from tests.faults_disk.shim import build, compiler


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the disk that misbehaves."""
    if compiler() is None:
        pytest.skip("no C compiler (cc): the disk that misbehaves is written in C")
    return build(tmp_path_factory.mktemp("shim"))
