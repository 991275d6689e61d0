"""Every reachable state around a change of arbiter, small: lanes of a store, one of another, one serial.

The store's arbiter of term 1 is replaced by that of term 2 while claims are under way. The network is
a set of messages that only grows. Like `claim_model.py` this is the protocol once more and none of
the product's code: `python -m tests.sync.seat_model` searches larger settings.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tests.sync.claim_model import USED, Found, Try, way_to

State = Literal["idle", "claiming", "granted", "provisional", "denied", "aborted", "voided"]
What = Literal["held", "used", "released"]
Bug = Literal[
    "none",
    "grants_before_copy",
    "grants_before_oaths",
    "old_grants_count",
    "oath_without_held",
    "relay_forgets",
    "relay_of_the_old",
    "failover",
    "relayed_anew",
    "second_use_forgotten",
]
MAY_TRY: tuple[State, ...] = ("idle", "denied", "aborted", "voided")
ANY = 0  # the term of an answer that headquarters vouches for


class Fact(NamedTuple):
    """What is known of a claim."""

    what: What
    claim: Try


class Message(NamedTuple):
    word: str
    claim: Try
    term: int = ANY
    facts: frozenset[Fact] = frozenset()


class Lane(NamedTuple):
    state: State
    attempt: int
    cap_left: int
    term: int  # the newest that it has sworn to


class Arbiter(NamedTuple):
    holder: Try | None = None
    released: frozenset[Try] = frozenset()
    denied: frozenset[Try] = frozenset()
    flagged: frozenset[Try] = frozenset()
    waiting: frozenset[Try] = frozenset()  # granted once, while another seemed to hold the serial
    heard: frozenset[object] = frozenset()  # "hq", and the lanes whose oath is here

    def claimed(self, claim: Try) -> tuple[Arbiter, bool]:
        if claim in self.released or claim in self.denied:
            return self, False
        if self.holder in (None, claim):
            return self._replace(holder=claim), True
        return self._replace(denied=self.denied | {claim}), False

    def told(self, facts: Iterable[Fact]) -> Arbiter:
        after = self
        for fact in sorted(facts):
            after = after.one(fact)
        return after

    def one(self, fact: Fact) -> Arbiter:
        if fact.what == "released":
            return self.let_go(fact.claim)
        if fact.claim in self.released or self.holder == fact.claim:
            return self
        if self.holder is None:
            return self._replace(holder=fact.claim)
        if fact.what == "used":
            return self._replace(flagged=self.flagged | {fact.claim})
        return self._replace(waiting=self.waiting | {fact.claim})

    def let_go(self, claim: Try) -> Arbiter:
        gone = self.released | {claim}
        seconds = sorted(self.flagged - gone) or sorted(self.waiting - gone)
        holder = self.holder
        if holder == claim:
            holder = seconds[0] if seconds else None
        return self._replace(holder=holder, released=gone)


class World(NamedTuple):
    lanes: tuple[Lane, ...]
    arbiters: tuple[Arbiter, Arbiter]  # of term 1 and of term 2
    seat: int  # the term in force at headquarters
    known: frozenset[Fact]  # at headquarters
    told: frozenset[Fact]  # rows that lanes wrote
    sent: frozenset[Message]
    crashes_left: int

    def send(self, *messages: Message) -> World:
        return self._replace(sent=self.sent | set(messages))

    def tell(self, what: What, claim: Try) -> World:
        return self._replace(told=self.told | {Fact(what, claim)})

    def put(self, index: int, **changed: object) -> World:
        lane = self.lanes[index]._replace(**changed)
        return self._replace(lanes=(*self.lanes[:index], lane, *self.lanes[index + 1 :]))

    def seated(self, term: int, arbiter: Arbiter) -> World:
        first, second = self.arbiters
        return self._replace(arbiters=(arbiter, second) if term == 1 else (first, arbiter))

    def learn(self, *facts: Fact) -> World:
        return self._replace(known=self.known | set(facts))


@dataclass(frozen=True)
class SeatModel:
    """One setting: lanes of the store, then lanes of another store, perhaps with a bug put in."""

    home: int = 2
    away: int = 0
    attempts: int = 1
    cap: int = 0
    crashes: int = 0
    voids: bool = True
    bug: Bug = "none"

    def search(self, limit: int = 10_000_000) -> tuple[Found | None, int]:
        """Visit every world; give the first broken promise and how many worlds were seen."""
        lanes = (Lane("idle", 0, self.cap, 1),) * (self.home + self.away)
        facts: frozenset[Fact] = frozenset()
        first = World(lanes, (Arbiter(), Arbiter()), 1, facts, facts, frozenset(), self.crashes)
        came_from: dict[World, tuple[str, World] | None] = {first: None}
        queue = deque([first])
        while queue and len(came_from) < limit:
            world = queue.popleft()
            promise = self.broken_promise(world)
            if promise:
                return Found(promise, way_to(world, came_from)), len(came_from)  # type: ignore[arg-type]
            for step, following in self.steps(world):
                if following not in came_from:
                    came_from[following] = (step, world)
                    queue.append(following)
        return None, len(came_from)

    def is_home(self, index: int) -> bool:
        return index < self.home

    def open(self, world: World, term: int) -> bool:
        needed: set[object] = {"hq", *range(self.home)}
        if self.bug == "grants_before_copy":
            needed -= {"hq"}
        if self.bug == "grants_before_oaths":
            needed = {"hq"}
        return term == 1 or needed <= world.arbiters[1].heard

    # What may happen next.

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        for message in world.sent:
            for following in self.deliveries(world, message):
                if following != world:
                    yield f"{message.word}{tuple(message.claim)}@{message.term}", following
        for fact in world.told:
            for place, following in self.tellings(world, fact):
                if following != world:
                    yield f"{fact.what}{tuple(fact.claim)} to {place}", following
        for index in range(len(world.lanes)):
            yield from self.lane_steps(world, index)
        if world.seat == 1:
            yield "the seat moves", world._replace(seat=2)
        elif "hq" not in world.arbiters[1].heard:
            second = world.arbiters[1].told(world.known)
            yield "copy", world.seated(2, second._replace(heard=second.heard | {"hq"}))

    def lane_steps(self, world: World, index: int) -> Iterator[tuple[str, World]]:
        lane = world.lanes[index]
        claim = Try(index, lane.attempt)
        if lane.state in MAY_TRY and lane.attempt < self.attempts:
            new = Try(index, lane.attempt + 1)
            trying = world.put(index, state="claiming", attempt=new.attempt)
            term = lane.term if self.is_home(index) else ANY
            yield f"lane {index} tries", trying.send(Message("claim", new, term))
        if lane.state == "claiming":
            yield from self.gives_up(world, index)
        elif lane.state in USED and self.voids:
            voided = world.put(index, state="voided").tell("released", claim)
            yield f"lane {index} voids", voided
        settled = lane.state != "claiming" or self.bug == "old_grants_count"
        if self.is_home(index) and world.seat > lane.term and settled:
            yield f"lane {index} swears", self.swears(world, index)

    def gives_up(self, world: World, index: int) -> Iterator[tuple[str, World]]:
        lane = world.lanes[index]
        claim = Try(index, lane.attempt)
        if lane.cap_left:
            accepted = world.put(index, state="provisional", cap_left=lane.cap_left - 1)
            yield f"lane {index} accepts", accepted.tell("used", claim)
        aborted = world.put(index, state="aborted").tell("released", claim)
        yield f"lane {index} times out", aborted
        if world.crashes_left:
            after = aborted._replace(crashes_left=world.crashes_left - 1)
            yield f"lane {index} crashes", after
        if self.bug == "failover" and self.is_home(index):
            yield f"lane {index} asks headquarters", self.hq_decides(world, claim)

    def hq_decides(self, world: World, claim: Try) -> World:
        """The bug: who gets no answer asks another arbiter."""
        _, granted = Arbiter().told(world.known).claimed(claim)
        answered = world.learn(Fact("held", claim)) if granted else world
        return answered.send(Message("grant" if granted else "deny", claim, ANY))

    def swears(self, world: World, index: int) -> World:
        lane = world.lanes[index]
        mine = {fact for fact in world.told if fact.claim.lane == index}
        if lane.state in USED and self.bug != "oath_without_held":
            mine.add(Fact("held", Try(index, lane.attempt)))
        oath = Message("oath", Try(index, 0), 2, frozenset(mine))
        return world.put(index, term=2).send(oath)

    # What a message does where it arrives.

    def deliveries(self, world: World, message: Message) -> Iterator[World]:
        match message.word:
            case "claim" if message.term == ANY:
                yield self.relays(world, message.claim)
            case "claim" | "relayed":
                yield self.decides(world, message)
            case "said yes" | "said no":
                yield self.relays_back(world, message)
            case "oath":
                yield self.hears_oath(world, message)
            case "mirror":
                yield world.learn(Fact("held", message.claim))
            case _:
                yield self.answered(world, message)

    def relays(self, world: World, claim: Try) -> World:
        """A claim belongs to the term that it was first relayed in."""
        before = {m.term for m in world.sent if m.word == "relayed" and m.claim == claim}
        if before and self.bug != "relayed_anew":
            return world
        return world.send(Message("relayed", claim, world.seat))

    def decides(self, world: World, message: Message) -> World:
        claim, term = message.claim, message.term
        arbiter = world.arbiters[term - 1]
        unsworn = term == 2 and message.word == "claim" and claim.lane not in arbiter.heard
        if not self.open(world, term) or (unsworn and self.bug != "grants_before_oaths"):
            return world
        arbiter, granted = arbiter.claimed(claim)
        after = world.seated(term, arbiter)
        if message.word == "claim":
            answer = Message("grant" if granted else "deny", claim, term)
        else:
            answer = Message("said yes" if granted else "said no", claim, term)
        return after.send(answer, *([Message("mirror", claim, term)] if granted else []))

    def relays_back(self, world: World, message: Message) -> World:
        if message.term != world.seat and self.bug != "relay_of_the_old":
            return world
        granted = message.word == "said yes"
        if granted and self.bug != "relay_forgets":
            world = world.learn(Fact("held", message.claim))
        return world.send(Message("grant" if granted else "deny", message.claim, ANY))

    def hears_oath(self, world: World, message: Message) -> World:
        second = world.arbiters[1]
        if "hq" not in second.heard and self.bug != "grants_before_copy":
            return world
        heard = second.heard | {message.claim.lane}
        return world.seated(2, second.told(message.facts)._replace(heard=heard))

    def answered(self, world: World, message: Message) -> World:
        claim = message.claim
        lane = world.lanes[claim.lane]
        if lane.attempt != claim.attempt or lane.state != "claiming":
            return world
        if message.term not in (ANY, lane.term) and self.bug != "old_grants_count":
            return world
        state: State = "granted" if message.word == "grant" else "denied"
        return world.put(claim.lane, state=state)

    def tellings(self, world: World, fact: Fact) -> Iterator[tuple[str, World]]:
        """A row's word reaches headquarters, and the arbiters that listen to its lane."""
        yield "headquarters", world.learn(fact)
        yield "arbiter 1", world.seated(1, self.one(world.arbiters[0], fact))
        second = world.arbiters[1]
        listens = fact.claim.lane in second.heard or not self.is_home(fact.claim.lane)
        if "hq" in second.heard and listens:
            yield "arbiter 2", world.seated(2, self.one(second, fact))

    def one(self, arbiter: Arbiter, fact: Fact) -> Arbiter:
        if self.bug == "second_use_forgotten" and arbiter.holder == fact.claim:
            arbiter = arbiter._replace(flagged=frozenset())
        return arbiter.one(fact)

    # What must hold.

    def broken_promise(self, world: World) -> str:
        used = {Try(i, lane.attempt) for i, lane in enumerate(world.lanes) if lane.state in USED}
        states = [lane.state for lane in world.lanes]
        if states.count("granted") > 1:
            return "S1: two online redemptions"
        if len(used) > 1 + states.count("provisional"):
            return "S2: more uses than one and the provisional ones"
        if "claiming" in states:
            return ""
        end = self.healed(world).arbiters[1]
        return broken_after_healing(end, used)

    def healed(self, world: World) -> World:
        """The seat has moved, everybody has sworn, every row is told, and all of it has arrived."""
        world = world._replace(seat=2)
        for index, lane in enumerate(world.lanes):
            if lane.state == "granted":
                world = world.tell("used", Try(index, lane.attempt))
            if self.is_home(index) and lane.term == 1:
                world = self.swears(world, index)
        after = self.all_arrives(world)
        while after != world:
            world, after = after, self.all_arrives(after)
        return world

    def all_arrives(self, world: World) -> World:
        if "hq" not in world.arbiters[1].heard:
            second = world.arbiters[1].told(world.known)
            world = world.seated(2, second._replace(heard=second.heard | {"hq"}))
        for message in sorted(world.sent, key=repr):
            if message.word in ("oath", "mirror"):
                world = next(self.deliveries(world, message))
        for fact in sorted(world.told):
            for place in ("headquarters", "arbiter 2"):
                world = dict(self.tellings(world, fact)).get(place, world)
        return world


def broken_after_healing(end: Arbiter, used: set[Try]) -> str:
    """Name what the new arbiter has wrong, with everything delivered."""
    if end.holder is not None and end.holder not in used:
        return "L1: a serial is locked that nobody used"
    if used and end.holder is None:
        return "L1: a used serial is free"
    if used - {end.holder} - end.flagged:
        return "L2: a second use is not flagged"
    return ""


def larger() -> list[SeatModel]:
    """Settings that take minutes."""
    return [
        SeatModel(home=2, attempts=2),
        SeatModel(home=2, away=1, cap=1),
        SeatModel(home=3, cap=1, crashes=1),
    ]


if __name__ == "__main__":
    limit = int(os.environ.get("TILLSIDE_MODEL_WORLDS", "3000000"))
    for model in larger():
        found, seen = model.search(limit)
        print(f"{model}: {found or 'kept'} in {seen} worlds", flush=True)
