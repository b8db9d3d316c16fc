"""How a flow is called: recorded by a Prefect server where one is named, and as the plain function where none is.

The same function does the work either way. Without a server nothing waits for one: a flow run that no one will look
at is not worth starting a server of its own for.
"""

import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from prefect import Flow
from prefect.artifacts import create_table_artifact
from prefect.context import FlowRunContext

P = ParamSpec("P")
R = TypeVar("R")


def recorded(flow: Flow[P, R]) -> Callable[P, R]:
    """Give the flow itself where PREFECT_API_URL names a server to record it, else the function inside it."""
    return flow if os.environ.get("PREFECT_API_URL") else flow.fn


def leave_summary(key: str, rows: dict[str, object]) -> None:
    """Leave a run's summary as a table artifact, where the run is recorded."""
    if FlowRunContext.get() is not None:
        table = [{"what": name, "how much": str(value)} for name, value in rows.items()]
        create_table_artifact(key=key, table=table, description=f"What this run of {key} did")
