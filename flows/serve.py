"""Schedule everything: a Prefect server of the home's own, the pipeline under it, and the flows at their times.

A window that was missed while nothing ran is run once, and never piles up: each flow runs once at a time, and a run
that comes due while another is at work is dropped.
"""

import os
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta

from flows.children import Child, Children, last_line
from flows.home import Home, prefect_environment
from flows.settings import Settings

PATIENCE = 120.0


class ServerFailed(RuntimeError):
    """Prefect's server did not come up; the message holds its last line."""


def serve(home: Home, config: Settings, port: int) -> None:
    """Serve until Ctrl-C: Prefect's pages and API on 127.0.0.1:`port`. Raises ServerFailed."""
    os.environ.update(server_environment(home, port))
    children = Children([_server(home, port)])
    try:
        children.keep()
        _wait(home, port, children)
        children.alive.append(_owner(home))
        children.keep()
        _serve_flows(config, children)
    finally:
        children.end()


def server_environment(home: Home, port: int) -> dict[str, str]:
    """Give the environment in which flows are recorded by the home's own Prefect server."""
    api = f"http://127.0.0.1:{port}/api"
    return {
        **prefect_environment(home.path),
        "AUSCULT_HOME": str(home.path),
        "PREFECT_API_URL": api,
        "PREFECT_UI_API_URL": api,
    }


def _server(home: Home, port: int) -> Child:
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    return Child("prefect", command, home.logs / "prefect.log", dict(os.environ))


def _owner(home: Home) -> Child:
    command = [sys.executable, "-m", "flows.run", "--stay"]
    return Child("owner", command, home.logs / "run.log", dict(os.environ))


def _wait(home: Home, port: int, children: Children) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            children.keep()
            time.sleep(0.3)
    raise ServerFailed(f"Prefect's server did not come up: {last_line(home.logs / 'prefect.log')}")


def _serve_flows(config: Settings, children: Children) -> None:
    # Prefect reads its settings when it is imported, so it is imported once the environment stands.
    from flows.schedule import serve_deployments

    serve_deployments(config, timedelta(minutes=config.listen_minutes), children.keep)
