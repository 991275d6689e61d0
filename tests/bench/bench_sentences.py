"""The words of a screen: twenty verdicts said in each language, every time anew."""

from __future__ import annotations

import time

from offers.model import Language, Offer
from offers.money import SPOKEN
from offers.reasons import Reason, Verdict
from offers.sentences import sentence
from tests.bench.figure import Figure
from tools.list_sentences import EXAMPLES, REWARDS, offer, verdict

SHOWN, RUNS = 20, 400
LIMIT_MS = 1.0


def figures() -> list[Figure]:
    """Measure twenty sentences, near misses first: they have most to say.

    Nothing is remembered of a sentence: the lane's own memory of what it said stands outside. A
    sentence waits for nothing, so its time is the thread's CPU time.
    """
    near = [verdict(Reason.NEAR_MISS_QTY, it) for it in EXAMPLES[Reason.NEAR_MISS_QTY]]
    others = [verdict(reason, EXAMPLES[reason][0]) for reason in Reason if EXAMPLES[reason]]
    told = [*near, *others][:SHOWN]
    offers = [offer(reward, condition) for reward, condition in REWARDS]
    pairs = [(it, offers[n % len(offers)]) for n, it in enumerate(told)]
    return [_figure(language, pairs) for language in SPOKEN]


def _figure(language: Language, pairs: list[tuple[Verdict, Offer]]) -> Figure:
    took = []
    for _ in range(RUNS):
        started = time.thread_time()
        for told, its_offer in pairs:
            sentence(told, its_offer, language, "EUR")
        took.append(1000 * (time.thread_time() - started))
    took.sort()
    p99 = took[int(len(took) * 0.99)]
    name = f"{SHOWN} sentences of a screen, {language}, p99"
    against = f"the limit of {LIMIT_MS:g} ms"
    return Figure(name, p99, "ms", against, p99 / LIMIT_MS, "<= 1", p99 <= LIMIT_MS)
