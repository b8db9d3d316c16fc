"""Consumer groups: who is in one, who of them leads, and when the partitions are shared out anew.

Kafka's classic protocol: members join, the leader shares the partitions out, each fetches its share; a member that
comes, goes or falls silent starts a new generation. Nothing here is on the disk: after a restart members join again.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from listeners.broker_refusal import Code, Refusal

_SHORTEST_SESSION_MS, _LONGEST_SESSION_MS = 100, 1_800_000


class State(Enum):
    """Where a group stands; the names are Kafka's."""

    EMPTY = "Empty"
    JOINING = "PreparingRebalance"
    SHARING = "CompletingRebalance"
    STABLE = "Stable"


class Joined(NamedTuple):
    """What a member hears when its generation begins; the leader also hears who else is in it."""

    generation: int
    protocol_type: str
    protocol: str
    leader: str
    member: str
    members: list[tuple[str, bytes]]


class Applicant(NamedTuple):
    """What a member says of itself when it joins; `protocols` in the order of its preference."""

    member: str
    client: str
    session_ms: int
    rebalance_ms: int
    protocol_type: str
    protocols: dict[str, bytes]


@dataclass
class Member:
    """One consumer of a group."""

    name: str
    told: Applicant
    share: bytes = b""
    joining: "asyncio.Future[Joined] | None" = None
    waiting: "asyncio.Future[bytes] | None" = None
    silence: asyncio.TimerHandle | None = field(default=None, repr=False)


class Group:
    """One consumer group."""

    def __init__(self) -> None:
        self.state = State.EMPTY
        self.generation = 0
        self.protocol_type = self.protocol = self.leader = ""
        self.members: dict[str, Member] = {}
        self._expected: dict[str, asyncio.TimerHandle] = {}
        self._deadline: asyncio.TimerHandle | None = None

    def expect(self, client: str, session_ms: int) -> str:
        """A name for a member that is to join with it, within a session's time."""
        name = f"{client}-{uuid.uuid4()}"
        self._expected[name] = _later(session_ms, lambda: self._expected.pop(name, None))
        return name

    async def join(self, applicant: Applicant) -> Joined:
        """Joins, and returns when the generation begins."""
        if not _SHORTEST_SESSION_MS <= applicant.session_ms <= _LONGEST_SESSION_MS:
            raise Refusal(Code.INVALID_SESSION_TIMEOUT, f"{applicant.session_ms} ms")
        self._check_protocols(applicant)
        known = applicant.member in self.members
        member = self._admit(applicant)
        if known and self._goes_on(member, applicant):
            return self._joined(member)
        member.told = applicant
        if member.joining is None:
            member.joining = asyncio.get_running_loop().create_future()
        joining = member.joining
        self._rebalance()
        return await asyncio.shield(joining)

    def _check_protocols(self, applicant: Applicant) -> None:
        others = [member for member in self.members.values() if member.name != applicant.member]
        common = set(applicant.protocols).intersection(*(member.told.protocols for member in others))
        if not common or (others and applicant.protocol_type != self.protocol_type):
            raise Refusal(Code.INCONSISTENT_GROUP_PROTOCOL, f"nothing in common with {len(others)} other members")

    def _admit(self, applicant: Applicant) -> Member:
        if applicant.member in self.members:
            return self.members[applicant.member]
        expected = self._expected.pop(applicant.member, None)
        if expected is None and applicant.member:
            raise Refusal(Code.UNKNOWN_MEMBER_ID, applicant.member)
        if expected is not None:
            expected.cancel()
        name = applicant.member or f"{applicant.client}-{uuid.uuid4()}"
        self.protocol_type = applicant.protocol_type
        self.members[name] = member = Member(name, applicant)
        return member

    def _goes_on(self, member: Member, applicant: Applicant) -> bool:
        """Whether a member that joins again finds its generation unchanged."""
        same = member.told.protocols == applicant.protocols
        return same and (self.state is State.SHARING or (self.state is State.STABLE and member.name != self.leader))

    def _rebalance(self) -> None:
        if self.state is not State.JOINING:
            for member in self.members.values():
                self._refuse_share(member)
            self.state = State.JOINING
            longest = max(member.told.rebalance_ms for member in self.members.values())
            self._deadline = _later(longest, self._begin)
        self._begin_if_complete()

    def _refuse_share(self, member: Member) -> None:
        if member.waiting is not None and not member.waiting.done():
            member.waiting.set_exception(Refusal(Code.REBALANCE_IN_PROGRESS))
            member.waiting.exception()
        member.waiting, member.share = None, b""

    def _begin_if_complete(self) -> None:
        if self.state is State.JOINING and all(member.joining for member in self.members.values()):
            self._begin()

    def _begin(self) -> None:
        """Begins a generation with those who joined; who did not in time is out."""
        if self._deadline is not None:
            self._deadline.cancel()
        for name in [member.name for member in self.members.values() if member.joining is None]:
            self._forget(name)
        if not self.members:
            self.state = State.EMPTY
            return
        self.generation += 1
        self.state = State.SHARING
        self.protocol = self._elect_protocol()
        if self.leader not in self.members:
            self.leader = next(iter(self.members))
        for member in self.members.values():
            joining, member.joining = member.joining, None
            if joining is not None and not joining.done():
                joining.set_result(self._joined(member))
            self.hear(member)

    def _elect_protocol(self) -> str:
        protocols = [list(member.told.protocols) for member in self.members.values()]
        common = set(protocols[0]).intersection(*protocols)
        votes = Counter(next(name for name in names if name in common) for names in protocols)
        return votes.most_common(1)[0][0]

    def _joined(self, member: Member) -> Joined:
        leads = member.name == self.leader
        members = [(other.name, other.told.protocols[self.protocol]) for other in self.members.values() if leads]
        return Joined(self.generation, self.protocol_type, self.protocol, self.leader, member.name, members)

    async def share(self, name: str, generation: int, shares: dict[str, bytes]) -> bytes:
        """The member's own share, once the leader has sent everybody's."""
        member = self.member(name, generation)
        self.hear(member)
        if self.state is State.JOINING:
            raise Refusal(Code.REBALANCE_IN_PROGRESS)
        if self.state is State.SHARING and name == self.leader:
            self._hand_out(shares)
        if self.state is State.STABLE:
            return member.share
        if member.waiting is None:
            member.waiting = asyncio.get_running_loop().create_future()
        return await asyncio.shield(member.waiting)

    def _hand_out(self, shares: dict[str, bytes]) -> None:
        self.state = State.STABLE
        for member in self.members.values():
            member.share = shares.get(member.name, b"")
            if member.waiting is not None and not member.waiting.done():
                member.waiting.set_result(member.share)
            member.waiting = None

    def beat(self, name: str, generation: int) -> None:
        """A member is alive; a `Refusal` tells it to join again."""
        self.hear(self.member(name, generation))
        if self.state is State.JOINING:
            raise Refusal(Code.REBALANCE_IN_PROGRESS)

    def leave(self, name: str) -> None:
        """A member goes; the others share its partitions."""
        expected = self._expected.pop(name, None)
        if expected is not None:
            expected.cancel()
        elif name in self.members:
            self._remove(name)
        else:
            raise Refusal(Code.UNKNOWN_MEMBER_ID, name)

    def _remove(self, name: str) -> None:
        self._forget(name)
        if self.members and self.state in (State.STABLE, State.SHARING):
            self._rebalance()
        elif self.members:
            self._begin_if_complete()
        else:
            self._begin()

    def _forget(self, name: str) -> None:
        member = self.members.pop(name)
        if member.silence is not None:
            member.silence.cancel()
        for answer in (member.joining, member.waiting):
            if answer is not None and not answer.done():
                answer.set_exception(Refusal(Code.UNKNOWN_MEMBER_ID, name))
                answer.exception()

    def member(self, name: str, generation: int) -> Member:
        """The member of that name in the present generation, or a `Refusal`."""
        member = self.members.get(name)
        if member is None:
            raise Refusal(Code.UNKNOWN_MEMBER_ID, name)
        if generation != self.generation:
            raise Refusal(Code.ILLEGAL_GENERATION, f"{generation}: now {self.generation}")
        return member

    def may_commit(self, name: str, generation: int) -> None:
        """Whether offsets may be committed: by a member of this generation, or by anybody while nobody is in it."""
        if generation < 0 and not name and not self.members:
            return
        self.hear(self.member(name, generation))
        if self.state is State.SHARING:
            raise Refusal(Code.REBALANCE_IN_PROGRESS)

    def hear(self, member: Member) -> None:
        """Starts a member's session anew."""
        if member.silence is not None:
            member.silence.cancel()
        member.silence = _later(member.told.session_ms, lambda: self._expire(member))

    def _expire(self, member: Member) -> None:
        if self.members.get(member.name) is not member:
            return
        if member.joining is not None:
            self.hear(member)
        else:
            self._remove(member.name)


class Groups:
    """Every group that was ever named."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}

    def get(self, name: str) -> Group:
        """The group of that name, new if need be."""
        if not name:
            raise Refusal(Code.INVALID_GROUP_ID, "a group has a name")
        return self._groups.setdefault(name, Group())


def _later(milliseconds: int, call: Callable[[], object]) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(milliseconds / 1000, call)
