"""Requests about the broker itself and its topics: what there is, what to create, what to delete."""

import uuid
from typing import Any

from listeners.broker_refusal import Code, Refusal
from listeners.broker_store import HOST, NODE, Asked, Store
from listeners.broker_topics import Topic

_TOPIC = 2
_SET, _DELETE = 0, 1


async def describe(store: Store, asked: Asked) -> Any:
    """The one broker, and the topics asked for; a missing one is an error and is never created."""
    request, answer = asked.request, asked.answer
    if request.topics is None:
        names: list[str | None] = list(store.topics.names)
    else:
        names = [topic.name or store.topics.name_of(topic.topic_id) for topic in request.topics]
    return answer(
        brokers=[answer.MetadataResponseBroker(node_id=NODE, host=HOST, port=store.port, rack=None)],
        cluster_id=store.topics.cluster,
        controller_id=NODE,
        topics=[_described(name, store.topics.get(name or ""), answer.MetadataResponseTopic) for name in names],
    )


def _described(name: str | None, topic: Topic | None, answer: Any) -> Any:
    if topic is None:
        return answer(error_code=Code.UNKNOWN_TOPIC_OR_PARTITION, name=name or "", partitions=[])
    part = answer.MetadataResponsePartition
    partitions = [
        part(partition_index=number, leader_id=NODE, leader_epoch=0, replica_nodes=[NODE], isr_nodes=[NODE])
        for number in range(topic.partitions)
    ]
    return answer(name=name, topic_id=uuid.UUID(topic.id), partitions=partitions)


async def describe_cluster(store: Store, asked: Asked) -> Any:
    """The one broker and the cluster's id."""
    broker = asked.answer.DescribeClusterBroker(broker_id=NODE, host=HOST, port=store.port, rack=None)
    return asked.answer(cluster_id=store.topics.cluster, controller_id=NODE, brokers=[broker])


async def create_topics(store: Store, asked: Asked) -> Any:
    """Creates topics durably, with an error for each that cannot be."""
    return asked.answer(topics=[_create(store, topic, asked) for topic in asked.request.topics])


def _create(store: Store, topic: Any, asked: Asked) -> Any:
    result = asked.answer.CreatableTopicResult
    partitions = 1 if topic.num_partitions == -1 else topic.num_partitions
    settings = {setting.name: setting.value or "" for setting in topic.configs}
    try:
        if topic.replication_factor not in (-1, 1) or topic.assignments:
            raise Refusal(Code.INVALID_REPLICATION_FACTOR, "there is one broker, which holds every partition once")
        made = store.topics.create(topic.name, partitions, settings, not asked.request.validate_only)
    except Refusal as refusal:
        return result(name=topic.name, error_code=refusal.code, error_message=refusal.why)
    made_id = uuid.UUID(made.id)
    return result(name=topic.name, topic_id=made_id, num_partitions=partitions, replication_factor=1, configs=[])


async def alter_settings(store: Store, asked: Asked) -> Any:
    """Changes settings of topics, with an error for each that cannot be."""
    part = asked.answer.AlterConfigsResourceResponse
    codes = [_alter(store, resource, asked.request.validate_only) for resource in asked.request.resources]
    return asked.answer(
        responses=[
            part(
                error_code=code,
                error_message=why,
                resource_type=resource.resource_type,
                resource_name=resource.resource_name,
            )
            for resource, (code, why) in zip(asked.request.resources, codes, strict=True)
        ]
    )


def _alter(store: Store, resource: Any, only_check: bool) -> tuple[Code, str | None]:
    try:
        if resource.resource_type != _TOPIC:
            raise Refusal(Code.INVALID_REQUEST, "only the settings of topics can be changed")
        if any(change.config_operation not in (_SET, _DELETE) for change in resource.configs):
            raise Refusal(Code.INVALID_REQUEST, "settings are set or taken back, not added to")
        changes = {c.name: c.value if c.config_operation == _SET else None for c in resource.configs}
        store.topics.alter(resource.resource_name, changes, not only_check)
    except Refusal as refusal:
        return refusal.code, refusal.why
    return Code.NONE, None


async def delete_topics(store: Store, asked: Asked) -> Any:
    """Deletes topics, and how far groups came in them."""
    return asked.answer(responses=[_delete(store, name, asked) for name in asked.request.topic_names])


def _delete(store: Store, name: str, asked: Asked) -> Any:
    try:
        store.topics.delete(name)
    except Refusal as refusal:
        return asked.answer.DeletableTopicResult(name=name, error_code=refusal.code)
    store.offsets.forget_topic(name)
    return asked.answer.DeletableTopicResult(name=name)


async def begin_producer(store: Store, asked: Asked) -> Any:
    """A producer id that nobody had before, by which repetitions are recognised."""
    if asked.request.transactional_id is not None:
        return asked.answer(error_code=Code.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, producer_id=-1)
    return asked.answer(producer_id=store.topics.next_producer(), producer_epoch=0)
