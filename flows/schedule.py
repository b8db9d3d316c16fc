"""When each flow runs."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from prefect import Flow
from prefect import serve as serve_flows
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval
from prefect.types.entrypoint import EntrypointType

from flows.check import check
from flows.listen import listen
from flows.publish import publish
from flows.purge import purge
from flows.settings import Settings

ONCE_AT_A_TIME = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def deployments(config: Settings, listen_every: timedelta) -> list[RunnerDeployment]:
    """Give the flows with their times: listening where there is an account, checks by the hour, the purge at night."""
    scheduled: list[tuple[Flow[..., Any], Any]] = [
        (check, Interval(timedelta(hours=1))),
        (purge, Cron("30 3 * * *", timezone=config.time_zone)),
        (publish, None),
    ]
    if config.x_bearer_token:
        scheduled.append((listen, Interval(listen_every)))
    return [_deployment(flow, schedule) for flow, schedule in scheduled]


def _deployment(flow: Flow[..., Any], schedule: Any) -> RunnerDeployment:
    named: Any = flow.to_deployment(
        name="auscult",
        schedule=schedule,
        concurrency_limit=ONCE_AT_A_TIME,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    return named  # type: ignore[no-any-return]


def serve_deployments(config: Settings, listen_every: timedelta, keep: Callable[[], None]) -> None:
    """Run the flows at their times until Ctrl-C; `keep` is called every second to keep the rest alive."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(1.0):
            keep()

    threading.Thread(target=watch, daemon=True).start()
    try:
        serve_flows(*deployments(config, listen_every), print_starting_message=False)
    finally:
        ended.set()
