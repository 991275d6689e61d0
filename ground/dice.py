"""The one place that makes dice: jitter takes one as an argument, tests give it a seed."""

from __future__ import annotations

import random

Dice = random.Random
