"""How the dashboard is started: Streamlit over the newest snapshot, on loopback, without a word to anybody."""

import importlib.util
import sys
from pathlib import Path

from flows.home import Home
from flows.settings import BadSetting


def page_command(home: Home, port: int) -> list[str]:
    """Give the command that serves the dashboard. Raises BadSetting where Streamlit is not installed."""
    if importlib.util.find_spec("streamlit") is None:
        raise BadSetting("the dashboard needs Streamlit: pip install 'auscult[dashboard]'")
    page = Path(__file__).with_name("dashboard_entry.py")
    options = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        "runner.magicEnabled": "false",
        "server.fileWatcherType": "none",
        "client.toolbarMode": "minimal",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(page), *flags, "--", str(home.path)]
