"""PINs: how one is hashed and checked, which are too easy, and how many tries there are.

A PIN of six digits has a million possibilities, so a hash alone hides nothing: it is taken over an
HMAC with the chain's pepper, a key that is in no database. The lockout counts a try before the PIN
is looked at, so that a power cut in between is no free try. Argon2 is loaded with the first PIN.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from datetime import datetime, timedelta

from msgspec import Struct

PIN_FORM = re.compile(r"[0-9]{6,12}", re.ASCII)
HASH_FORM = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,6}),t=([0-9]{1,2}),p=([0-9])"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}"
)
# OWASP's password storage sheet, Argon2id: m=19 MiB, t=2, p=1. More memory than that is more than
# half of what the whole agent may use.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
MEMORY_MAX_KIB, PASSES_MAX = 65_536, 10  # of a hash that headquarters made; more would stop a lane
# What is checked where there is no such person, so that it takes as long; nobody knows its PIN.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$uwcReJqVPrh+GOSlE35UMA"
    "$zfV5W5aby2HjsZzFjpGO6wcFGbJXRzgwPadcJ7uCzU8"
)
FREE_TRIES = 5  # of one person; a typing error or two a day stays far below
LANE_TRIES = 20  # of all together: one common PIN tried on everybody
LOCKED = timedelta(minutes=15)  # doubled with each further miss
LOCKED_MOST = timedelta(hours=24)
FORGIVEN = timedelta(hours=24)  # without a try, a count begins anew
EVERYBODY = "*"


class Tries(Struct, frozen=True):
    """Misses in a row, the moment of the last try, and until when no further one is taken."""

    missed: int = 0
    last: datetime | None = None
    until: datetime | None = None


def is_pin(text: str) -> bool:
    """Tell whether a text has the form of a PIN: 6 to 12 digits."""
    return PIN_FORM.fullmatch(text) is not None


def is_easy(pin: str) -> bool:
    """Tell a PIN that is tried first: few different digits, or a run up or down, or a half twice."""
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    half = len(pin) // 2
    return len(set(pin)) < 3 or steps in ({1}, {9}) or pin[:half] * 2 == pin


def is_usable_hash(encoded: str) -> bool:
    """Tell whether a hash is Argon2id of a size that a lane can work with."""
    found = HASH_FORM.fullmatch(encoded)
    if found is None:
        return False
    memory, passes, lanes = map(int, found.groups())
    return 8 <= memory <= MEMORY_MAX_KIB and 1 <= passes <= PASSES_MAX and 1 <= lanes <= 4


def hash_pin(pin: str, pepper: bytes) -> str:
    """Hash a PIN under a fresh salt. Slow by design: not on the event loop."""
    from argon2 import PasswordHasher

    made = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
    return made.hash(_peppered(pin, pepper))


def pin_fits(encoded: str, pin: str, pepper: bytes) -> bool:
    """Tell whether a PIN is the hashed one, in a time that does not tell. Not on the event loop."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    known = encoded if is_usable_hash(encoded) else NOBODY
    try:
        PasswordHasher().verify(known, _peppered(pin, pepper))
    except (VerificationError, InvalidHashError):
        return False
    return True  # what is no hash was checked against one whose PIN nobody knows


def _peppered(pin: str, pepper: bytes) -> str:
    return hmac.new(pepper, pin.encode(), hashlib.sha256).hexdigest()


def locked_s(tries: Tries, now: datetime) -> int:
    """Give for how many seconds no try is taken, 0 where one is; a clock set back locks for no longer."""
    if tries.until is None or now >= tries.until:
        return 0
    left = min(tries.until - now, LOCKED_MOST)
    return max(1, int(left.total_seconds()))


def missed(tries: Tries, now: datetime, free: int = FREE_TRIES) -> Tries:
    """Count a try as missed; from the last free one on it locks, longer each time."""
    stale = tries.last is not None and now - tries.last > FORGIVEN
    count = 1 if stale else tries.missed + 1
    if count < free:
        return Tries(count, now)
    doublings = min(count - free, 10)
    return Tries(count, now, now + min(LOCKED * 2**doublings, LOCKED_MOST))


def taken_back(before: Tries, after: Tries) -> Tries:
    """Take one try back that was right after all, and leave earlier misses of others as they were."""
    return Tries(before.missed, after.last, before.until)
