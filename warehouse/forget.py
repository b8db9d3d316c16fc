"""Forgetting: what was deleted leaves the files too. Deletions themselves are events, and `load` applies them."""

from datetime import datetime
from pathlib import Path

from warehouse import marts
from warehouse.database import VAULT_FILE, WAREHOUSE_FILE, Warehouse, attach, detach, quoted
from warehouse.failures import disk_watched
from warehouse.publish import Snapshot, publish, settle, versions
from warehouse.statements import statements


def purge(warehouse: Warehouse, now: datetime) -> Snapshot:
    """Write both files anew without what was deleted, publish the result, and drop every older snapshot.

    A crash leaves the old file or the new one. What Kafka and exported files hold is not touched.
    """
    with disk_watched("purging"):
        settle(warehouse)
        marts.create(warehouse)
        marts.refresh(warehouse)  # before the copy: a mart may hold texts, and its old rows would leave their bytes
        for catalog, file in (("vault", VAULT_FILE), ("warehouse", WAREHOUSE_FILE)):
            _renew(warehouse, catalog, warehouse.home / file, now)
        warehouse.run("load_records", "count_load")
    snapshot = publish(warehouse, now)
    assert snapshot is not None
    for path in versions(snapshot.path.parent):
        if path != snapshot.path:
            path.unlink()
    return snapshot


def _renew(warehouse: Warehouse, catalog: str, path: Path, now: datetime) -> None:
    sql = statements("forget")
    renewed = path.with_suffix(".renewed")
    for stale in (renewed, renewed.with_suffix(".renewed.wal")):
        stale.unlink(missing_ok=True)
    execute = warehouse.connection.execute
    execute(sql["attach_new"].format(path=quoted(renewed)))
    renewed.chmod(0o600)
    execute(sql["copy"].format(catalog=catalog))
    detach(warehouse.connection, "renewed")
    detach(warehouse.connection, catalog)
    renewed.rename(path)
    attach(warehouse.connection, path, catalog, now)
