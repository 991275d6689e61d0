"""The shim that also counts what goes over sockets, built once for all tests of a run."""

from pathlib import Path

import pytest

from tests.faults_disk.shim import build, compiler


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile it."""
    if compiler() is None:
        pytest.skip("no C compiler (cc): what kills a process at a socket call is written in C")
    return build(tmp_path_factory.mktemp("shim"))
