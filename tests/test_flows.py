"""The flows as Prefect runs them: recorded with their summaries, offline, and failing loudly."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from homes import end_owner, said
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from flows.schedule import deployments
from flows.settings import settings


@pytest.fixture(scope="module")
def recorded() -> Iterator[None]:
    """A Prefect server of the tests' own; without heartbeats, which cost a second a run."""
    quick = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
    with prefect_test_harness(server_startup_timeout=120), quick:
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with three posts in it, named by the environment as for a scheduled flow."""
    folder = tmp_path / "home"
    (tmp_path / "posts.csv").write_text(
        "id,created_at,author,text\n"
        "439634602928668673,2014-03-01,one,Vaccines cause autism\n"
        "439634602928668674,2014-03-01,two,post about #lupus\n"
        "439634602928668675,2014-03-01,three,post about #afib\n"
    )
    said(folder, "import", str(tmp_path / "posts.csv"))
    monkeypatch.setenv("AUSCULT_HOME", str(folder))
    yield folder
    end_owner(folder)


def artifacts(key: str) -> int:
    """Give how many artifacts of a flow the server holds."""
    with get_client(sync_client=True) as client:
        return len([each for each in client.read_artifacts() if each.key == key])


def test_publish_check_and_purge_run_as_flows_and_leave_their_summaries(recorded: None, home: Path) -> None:
    from flows.check import check
    from flows.publish import publish
    from flows.purge import purge

    assert publish().snapshot.endswith(".duckdb")
    assert check() == 0
    assert purge().endswith(".duckdb")
    assert [artifacts(key) for key in ("publish", "check", "purge")] == [1, 1, 1]


def test_tag_and_load_run_as_flows_until_idle(recorded: None, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.run import load

    end_owner(home)
    summary = load(window=4)
    assert summary.restarts == 0 and summary.rejected == 0
    assert artifacts("load") == 1


def test_each_scheduled_flow_runs_once_at_a_time() -> None:
    config = settings({"X_BEARER_TOKEN": "a-token", "AUSCULT_TIME_ZONE": "Europe/Berlin"})
    scheduled = {deployment.flow_name: deployment for deployment in deployments(config, timedelta(minutes=15))}
    assert set(scheduled) == {"check", "purge", "publish", "listen"}
    for deployment in scheduled.values():
        assert deployment.concurrency_limit == 1
        assert deployment.concurrency_options is not None
        assert deployment.concurrency_options.collision_strategy == "CANCEL_NEW"
    without = deployments(settings({}), timedelta(minutes=15))
    assert "listen" not in {deployment.flow_name for deployment in without}
