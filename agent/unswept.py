"""Load without looking for garbage: at start everything that is made stays for good.

The collector would go through all that is loaded so far again and again: a third of the start's CPU.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unswept() -> Iterator[None]:
    """Collect nothing in between."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def set_aside() -> None:
    """Collect once, and from now on pass over what is left, so that no basket waits for it."""
    gc.collect()
    gc.freeze()
