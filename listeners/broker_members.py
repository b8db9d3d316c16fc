"""Requests of consumer groups: join, share, be alive, leave, and note how far the group came."""

from typing import Any

from listeners.broker_groups import Applicant
from listeners.broker_offsets import Committed
from listeners.broker_refusal import Code, Refusal
from listeners.broker_store import HOST, NODE, Asked, Store, each_partition

_ASKS_TWICE_FROM = 4


async def find_coordinator(store: Store, asked: Asked) -> Any:
    """This broker, for any group."""
    return asked.answer(node_id=NODE, host=HOST, port=store.port, error_message=None)


async def join_group(store: Store, asked: Asked) -> Any:
    """Answers when the group's next generation begins, or at once where nothing changes."""
    request, answer = asked.request, asked.answer
    try:
        group = store.groups.get(request.group_id)
        if not request.member_id and request.API_VERSION >= _ASKS_TWICE_FROM:
            member = group.expect(asked.client, request.session_timeout_ms)
            return _not_joined(answer, Code.MEMBER_ID_REQUIRED, member)
        joined = await group.join(_applicant(asked))
    except Refusal as refusal:
        return _not_joined(answer, refusal.code, request.member_id)
    part = answer.JoinGroupResponseMember
    return answer(
        generation_id=joined.generation,
        protocol_type=joined.protocol_type,
        protocol_name=joined.protocol,
        leader=joined.leader,
        member_id=joined.member,
        members=[part(member_id=name, group_instance_id=None, metadata=told) for name, told in joined.members],
    )


def _not_joined(answer: Any, code: Code, member: str) -> Any:
    return answer(error_code=code, generation_id=-1, protocol_name="", leader="", member_id=member, members=[])


def _applicant(asked: Asked) -> Applicant:
    request = asked.request
    rebalance_ms = request.rebalance_timeout_ms
    return Applicant(
        request.member_id,
        asked.client,
        request.session_timeout_ms,
        rebalance_ms if rebalance_ms > 0 else request.session_timeout_ms,
        request.protocol_type,
        {protocol.name: bytes(protocol.metadata) for protocol in request.protocols},
    )


async def sync_group(store: Store, asked: Asked) -> Any:
    """A member's share of the partitions, when the leader has shared them out."""
    request = asked.request
    shares = {share.member_id: bytes(share.assignment) for share in request.assignments}
    try:
        group = store.groups.get(request.group_id)
        share = await group.share(request.member_id, request.generation_id, shares)
    except Refusal as refusal:
        return asked.answer(error_code=refusal.code, assignment=b"")
    return asked.answer(assignment=share, protocol_type=group.protocol_type, protocol_name=group.protocol)


async def beat(store: Store, asked: Asked) -> Any:
    """A sign of life; the error says whether to join again."""
    request = asked.request
    try:
        store.groups.get(request.group_id).beat(request.member_id, request.generation_id)
    except Refusal as refusal:
        return asked.answer(error_code=refusal.code)
    return asked.answer()


async def leave_group(store: Store, asked: Asked) -> Any:
    """Members go, and the others take over at once."""
    request, part = asked.request, asked.answer.MemberResponse
    names = [member.member_id for member in request.members or ()] or [request.member_id]
    codes = []
    for name in names:
        try:
            store.groups.get(request.group_id).leave(name)
            codes.append(Code.NONE)
        except Refusal as refusal:
            codes.append(refusal.code)
    members = [part(member_id=name, group_instance_id=None, error_code=c) for name, c in zip(names, codes, strict=True)]
    return asked.answer(error_code=Code.NONE if request.members else codes[0], members=members)


async def commit_offsets(store: Store, asked: Asked) -> Any:
    """Notes how far a group came, and answers when the disk has it."""
    request, answer = asked.request, asked.answer.OffsetCommitResponseTopic
    codes: dict[tuple[str, int], Code] = {}
    offsets: dict[tuple[str, int], Committed] = {}
    for topic in request.topics:
        for part in topic.partitions:
            place = topic.name, part.partition_index
            codes[place] = _known(store, *place)
            if codes[place] is Code.NONE:
                offsets[place] = Committed(part.committed_offset, part.committed_metadata or "")
    try:
        store.groups.get(request.group_id).may_commit(request.member_id, request.generation_id_or_member_epoch)
        store.offsets.commit(request.group_id, offsets)
        await store.commits.written(store.offsets)
    except Refusal as refusal:
        codes = dict.fromkeys(codes, refusal.code)

    def result(topic: str, part: Any, answer: Any) -> Any:
        return answer(partition_index=part.partition_index, error_code=codes[topic, part.partition_index])

    return asked.answer(topics=each_partition(request.topics, answer, answer.OffsetCommitResponsePartition, result))


def _known(store: Store, topic: str, partition: int) -> Code:
    try:
        store.topics.log(topic, partition)
    except Refusal as refusal:
        return refusal.code
    return Code.NONE


async def fetch_offsets(store: Store, asked: Asked) -> Any:
    """How far a group came: -1 where it committed nothing. Without topics, everywhere."""
    request, answer = asked.request, asked.answer.OffsetFetchResponseTopic
    if request.topics is None:
        wanted: dict[str, list[int]] = {}
        for group, topic, partition in store.offsets.committed:
            if group == request.group_id:
                wanted.setdefault(topic, []).append(partition)
    else:
        wanted = {topic.name: topic.partition_indexes for topic in request.topics}

    def result(topic: str, partition: int) -> Any:
        committed = store.offsets.committed.get((request.group_id, topic, partition), Committed(-1, ""))
        return answer.OffsetFetchResponsePartition(
            partition_index=partition, committed_offset=committed.offset, metadata=committed.metadata
        )

    return asked.answer(
        topics=[answer(name=topic, partitions=[result(topic, number) for number in wanted[topic]]) for topic in wanted]
    )
