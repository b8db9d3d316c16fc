"""A stream that no longer holds what was not read yet: the run stops in one line, and goes on only when told to."""

from pathlib import Path

from homes import asked, auscult, end_owner, said

from flows.home import open_home
from listeners.stream import Connection, drop_read, move_group

ROW = "id,created_at,author,text\n{},2014-03-01,writer,post about #lupus\n"


def test_lost_messages_stop_the_run_until_the_gap_is_accepted(tmp_path: Path, embedded_connection: Connection) -> None:
    home = open_home(tmp_path / "home")
    stream = Connection(embedded_connection.bootstrap, home.prefix)
    kafka = {"AUSCULT_KAFKA_BOOTSTRAP": stream.bootstrap}
    (tmp_path / "one.csv").write_text(ROW.format(439634602928668673))
    said(home.path, "import", str(tmp_path / "one.csv"), **kafka)
    end_owner(home.path)
    _lose(stream)

    refused = auscult(home.path, "run", "--window", "5s", **kafka)
    assert refused.returncode == 1
    assert "behind the log's start" in refused.stderr and refused.stderr.count("\n") <= 2

    said(home.path, "run", "--window", "8s", "--accept-gap", **kafka)
    assert asked(home.path, "select source from capture_gaps") == [{"source": "stream"}]
    (tmp_path / "two.csv").write_text(ROW.format(439634602928668674))
    said(home.path, "import", str(tmp_path / "two.csv"), **kafka)
    end_owner(home.path)
    assert asked(home.path, "select count(*) as posts from posts") == [{"posts": 2}]


def _lose(stream: Connection) -> None:
    """Let the topic lose messages that the warehouse has not read: what a week's standstill does."""
    from listeners.stream import OffsetConsumer, Producer

    with Producer(stream) as producer:
        for partition in range(12):
            producer.send("tagged", b"lost", b"{}", partition=partition)
    consumer = OffsetConsumer(stream, "tagged", {})
    ends = {partition: end for partition, (_, end) in consumer.bounds().items()}
    consumer.close()
    move_group(stream, "tagged", "loader", ends)
    drop_read(stream, "tagged", ["loader"])
