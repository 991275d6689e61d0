"""Every reachable state of the claim protocol, small: some lanes, one serial, one arbiter.

The network is a set of messages that only grows, so each may be lost (never read), repeated and
reordered without bound. Lanes time out, crash, void and try again. Nothing here is the product's
code: it is the protocol once more, to be searched through breadth first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

State = Literal["idle", "claiming", "granted", "provisional", "denied", "aborted", "voided"]
Word = Literal["claim", "grant", "deny", "release", "report"]
Bug = Literal[
    "none",
    "no_tombstone",
    "release_by_serial",
    "arbiter_not_durable",
    "no_release",
    "late_grant",
    "claim_not_journaled",
    "deny_not_final",
    "report_after_deny_ignored",
    "claims_expire",
    "second_use_forgotten",
]
USED: tuple[State, ...] = ("granted", "provisional")
MAY_TRY: tuple[State, ...] = ("idle", "denied", "aborted", "voided")


class Try(NamedTuple):
    """A claim id: which lane, which attempt of it."""

    lane: int
    attempt: int


class Message(NamedTuple):
    word: Word
    claim: Try


class Lane(NamedTuple):
    state: State
    attempt: int
    cap_left: int


class World(NamedTuple):
    lanes: tuple[Lane, ...]
    holder: Try | None
    released: frozenset[Try]
    denied: frozenset[Try]
    flagged: frozenset[Try]
    sent: frozenset[Message]
    crashes_left: int
    heard: frozenset[Message] = frozenset()  # rows that have arrived: they are not sent for ever

    def send(self, word: Word, claim: Try) -> World:
        return self._replace(sent=self.sent | {Message(word, claim)})

    def put(self, index: int, lane: Lane) -> World:
        return self._replace(lanes=(*self.lanes[:index], lane, *self.lanes[index + 1 :]))


@dataclass(frozen=True)
class Found:
    """A broken promise and the shortest way to it."""

    promise: str
    way: list[str]


@dataclass(frozen=True)
class Model:
    """One setting of the protocol, perhaps with a bug put in."""

    lanes: int = 2
    attempts: int = 2
    cap: int = 0  # provisional uses that each lane may accept
    crashes: int = 1
    bug: Bug = "none"
    watch: str = "SL"  # "S" alone looks for broken safety only

    def search(self) -> tuple[Found | None, int]:
        """Visit every world; give the first broken promise and how many worlds were seen."""
        first = World(
            (Lane("idle", 0, self.cap),) * self.lanes,
            None,
            frozenset(),
            frozenset(),
            frozenset(),
            frozenset(),
            self.crashes,
        )
        came_from: dict[World, tuple[str, World] | None] = {first: None}
        queue = deque([first])
        while queue:
            world = queue.popleft()
            promise = self.broken_promise(world)
            if promise and promise[0] in self.watch:
                return Found(promise, way_to(world, came_from)), len(came_from)
            for step, following in self.steps(world):
                if following not in came_from:
                    came_from[following] = (step, world)
                    queue.append(following)
        return None, len(came_from)

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        for message in world.sent:
            following = self.deliver(world, message)
            if following != world:
                yield f"{message.word}{tuple(message.claim)}", following
        for index in range(self.lanes):
            yield from self.lane_steps(world, index)
        if self.bug == "arbiter_not_durable" and world.holder and world.crashes_left:
            yield (
                "arbiter crashes",
                world._replace(holder=None, crashes_left=world.crashes_left - 1),
            )
        if self.bug == "claims_expire" and world.holder:
            tombs = world.released | {world.holder}
            yield "claim expires", world._replace(holder=None, released=tombs)

    def lane_steps(self, world: World, index: int) -> Iterator[tuple[str, World]]:
        lane = world.lanes[index]
        claim = Try(index, lane.attempt)
        if lane.state in MAY_TRY and lane.attempt < self.attempts:
            trying = world.put(index, Lane("claiming", lane.attempt + 1, lane.cap_left))
            yield f"lane {index} tries", trying.send("claim", Try(index, lane.attempt + 1))
        if lane.state == "claiming":
            yield from self.gives_up(world, index)
        if lane.state in USED:
            voided = world.put(index, lane._replace(state="voided"))
            yield f"lane {index} voids", voided.send("release", claim)

    def gives_up(self, world: World, index: int) -> Iterator[tuple[str, World]]:
        lane = world.lanes[index]
        claim = Try(index, lane.attempt)
        if lane.cap_left:
            accepted = world.put(index, Lane("provisional", lane.attempt, lane.cap_left - 1))
            yield f"lane {index} accepts", accepted.send("report", claim)
        aborted = world.put(index, lane._replace(state="aborted"))
        released = aborted.send("release", claim)
        yield f"lane {index} times out", aborted if self.bug == "no_release" else released
        if world.crashes_left:
            after = aborted if self.bug == "claim_not_journaled" else released
            yield f"lane {index} crashes", after._replace(crashes_left=world.crashes_left - 1)

    def deliver(self, world: World, message: Message) -> World:
        if message.word == "claim":
            return self.claimed(world, message.claim)
        if message.word == "release":
            return self.let_go(hear(world, message), message.claim)
        if message.word == "report":
            return self.reported(hear(world, message), message.claim)
        return self.answered(world, message.word == "grant", message.claim)

    def claimed(self, world: World, claim: Try) -> World:
        over = claim in world.released or claim in world.denied
        if over and self.bug != "no_tombstone":
            return world.send("deny", claim)
        if world.holder in (None, claim):
            return world._replace(holder=claim).send("grant", claim)
        if self.bug != "deny_not_final":
            world = world._replace(denied=world.denied | {claim})
        return world.send("deny", claim)

    def let_go(self, world: World, claim: Try) -> World:
        holder, released = world.holder, world.released | {claim}
        if holder == claim or self.bug == "release_by_serial":
            seconds = sorted(world.flagged - released)
            forgets = self.bug in ("second_use_forgotten", "release_by_serial")
            holder = seconds[0] if seconds and not forgets else None
        return world._replace(holder=holder, released=released)

    def reported(self, world: World, claim: Try) -> World:
        deaf = self.bug == "report_after_deny_ignored" and claim in world.denied
        if deaf or claim in world.released:
            return world
        if world.holder in (None, claim):
            return world._replace(holder=claim)
        return world._replace(flagged=world.flagged | {claim})

    def answered(self, world: World, granted: bool, claim: Try) -> World:
        lane = world.lanes[claim.lane]
        if lane.attempt != claim.attempt:
            return world
        late = granted and self.bug == "late_grant" and lane.state == "aborted"
        if lane.state != "claiming" and not late:
            return world
        return world.put(claim.lane, lane._replace(state="granted" if granted else "denied"))

    def healed(self, world: World) -> World:
        """Deliver what lanes sent: rows that never came, claims again and again."""
        while True:
            before = world
            for message in sorted(world.sent - world.heard):
                if message.word in ("claim", "release", "report"):
                    world = self.deliver(world, message)
            if world == before:
                return world

    def broken_promise(self, world: World) -> str:
        """Name the promise that does not hold: S1, S2 always, L1, L2 once the link has healed."""
        used = {Try(i, lane.attempt) for i, lane in enumerate(world.lanes) if lane.state in USED}
        granted = [lane for lane in world.lanes if lane.state == "granted"]
        if len(granted) > 1:
            return "S1: two online redemptions"
        if len(used) > 1 + len([lane for lane in world.lanes if lane.state == "provisional"]):
            return "S2: more uses than one and the provisional ones"
        if any(lane.state == "claiming" for lane in world.lanes):
            return ""
        return broken_after_healing(self.healed(world), used)


def hear(world: World, message: Message) -> World:
    return world._replace(heard=world.heard | {message})


def broken_after_healing(end: World, used: set[Try]) -> str:
    """Name what the arbiter has wrong, with every message delivered."""
    if end.holder is not None and end.holder not in used:
        return "L1: a serial is locked that nobody used"
    if used and end.holder is None:
        return "L1: a used serial is free"
    if used - {end.holder} - end.flagged:
        return "L2: a second use is not flagged"
    return ""


def way_to(world: World, came_from: dict[World, tuple[str, World] | None]) -> list[str]:
    steps: list[str] = []
    while (last := came_from[world]) is not None:
        steps.append(last[0])
        world = last[1]
    return steps[::-1]
