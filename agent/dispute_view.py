"""A dispute in words: a step with its choices, how it ended, and the small paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from agent.answers import title
from agent.dispute_facts import Matter
from agent.staff_types import ChoiceOut, ComplaintOut, DisputeOut, SettledOut
from offers.model import Gtin, Language, Offer, Product, Texts
from offers.reasons import Verdict
from offers.records import Settled
from offers.sentences import counts_words, not_counts_words, sentence
from offers.speech import speech
from printer.slip import Slip
from staff_help.dispute_words import LABELS, LAST_WORDS, PAPER
from staff_help.goodwill import GoodwillRules, proposal_minor
from staff_help.script import Asked, Choice, Facts, Script, filled
from staff_help.words import ENGLISH, spoken


class Open(Struct, frozen=True):
    """One dispute as it stands at a call: the sale, the verdict, the script, and how it is worded.

    `rules` are those of who could allow most; `products` is what is known of the offer's sets.
    """

    matter: Matter
    offer: Offer | None
    verdict: Verdict
    script: Script
    facts: Facts
    rules: GoodwillRules
    language: Language
    products: Mapping[Gtin, Product]
    others: tuple[Script, ...] = ()  # what else a shopper may complain of

    def proposal(self, choice: Choice) -> int:
        """Give the amount that a choice proposes; 0 where it gives nothing."""
        if choice.ends != "goodwill":
            return 0
        return proposal_minor(self.offer if choice.amount == "promised" else None, self.rules)

    def text(self, texts: Texts) -> str:
        """Give a text in the language, else without its region, else in English; "" for none."""
        return (
            texts.get(self.language) or texts.get(spoken(self.language)) or texts.get(ENGLISH, "")
        )

    @property
    def name(self) -> str:
        """Name the offer."""
        offer = self.offer
        return title(offer, self.language) if offer is not None else self.verdict.offer_id

    def words(self, amount_minor: int) -> dict[str, str]:
        """Give what a text may name in braces."""
        voice = speech(self.language, self.matter.currency)
        return {"title": voice.value(self.name), "amount": voice.money(amount_minor)}

    def sentence(self) -> str:
        """Give the verdict's own sentence; of an unknown offer there is none."""
        if self.offer is None:
            return ""
        return sentence(self.verdict, self.offer, self.language, self.matter.currency)

    def counts(self) -> tuple[str, str]:
        """Say what counts for the offer, and what does not."""
        if self.offer is None:
            return "", ""
        known = dict(self.products)
        counted = counts_words(self.offer, known, self.language, self.matter.currency)
        return counted, not_counts_words(self.offer, known, self.language)


def step_out(opened: Open, at: Asked, needs_pin: Callable[[int], bool]) -> DisputeOut:
    """Put a step in words; `needs_pin` tells of an amount whether it is beyond who is there."""
    counts, not_counts = opened.counts()
    return DisputeOut(
        transaction=opened.matter.handle,
        offer_id=opened.verdict.offer_id,
        title=opened.name,
        reason=opened.verdict.reason,
        sentence=opened.sentence(),
        evidence=opened.verdict.evidence,
        counts=counts,
        not_counts=not_counts,
        script=opened.script.script,
        script_version=opened.script.version,
        complaint=opened.text(opened.script.title),
        say=filled(opened.text(at.step.say), opened.words(opened.facts.amount_minor)),
        choices=tuple(_choice(opened, choice, needs_pin) for choice in at.choices),
        path=at.path,
        others=tuple(ComplaintOut(it.script, opened.text(it.title)) for it in opened.others),
    )


def _choice(opened: Open, choice: Choice, needs_pin: Callable[[int], bool]) -> ChoiceOut:
    amount = opened.proposal(choice)
    usual = LABELS[spoken(opened.language)].get(choice.ends or "", choice.id)
    label = filled(opened.text(choice.label) or usual, opened.words(amount))
    return ChoiceOut(choice.id, label, choice.ends, amount, bool(amount) and needs_pin(amount))


def settled_out(opened: Open, choice: Choice, done: Settled) -> SettledOut:
    """Say how a dispute ended, and what is to be done now."""
    usual = LAST_WORDS[spoken(opened.language)][done.outcome]
    said = filled(opened.text(choice.say) or usual, opened.words(done.amount_minor))
    return SettledOut(
        transaction=opened.matter.handle,
        offer_id=done.offer_id,
        outcome=done.outcome,
        say=said.replace("{ticket}", done.ticket),
        amount_minor=done.amount_minor,
        funder=done.funder,
        ticket=done.ticket,
        approver=done.approver,
        printing=(done.offer_id,) if done.outcome == "reissued" else (),
    )


def paper(opened: Open, job: str, brand_line: str) -> Slip:
    """Word the small paper: what counts, what does not, why not today; and that it is no coupon."""
    heading, no_coupon = PAPER[spoken(opened.language)]
    counts, not_counts = opened.counts()
    return Slip(
        job=job,
        brand_line=brand_line,
        headline=f"{heading}: {opened.name}",
        counts=counts,
        not_counts=not_counts,
        validity=opened.sentence(),
        terms=no_coupon,
        training=opened.matter.training,
    )
