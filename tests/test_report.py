"""The report's file, and what is made of events and long logs; without a cluster."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wizard.errors import Exit, UserError
from wizard.report import archive, default_name, save
from wizard.report.objects import LONGEST, cut, events

AT = datetime(2026, 1, 12, 9, 14, 3, tzinfo=UTC)


def test_the_same_files_make_the_same_bytes() -> None:
    files = {"b.txt": "b", "a/ö.txt": "a\n"}
    first = archive(files, default_name("airflow", AT), AT)
    assert first == archive(dict(reversed(files.items())), "airflow-report-airflow-20260112-091403", AT)
    assert first != archive({**files, "b.txt": "c"}, "airflow-report-airflow-20260112-091403", AT)


def test_only_its_owner_reads_it_and_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "report.tar.gz"
    save(b"first", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UserError, match="is there already, and nothing was written") as caught:
        save(b"second", path)
    assert caught.value.code is Exit.USAGE
    assert path.read_bytes() == b"first" and list(tmp_path.iterdir()) == [path]


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "report.tar.gz").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="is there already"):
        save(b"first", tmp_path / "report.tar.gz")
    assert not (tmp_path / "elsewhere").exists()


def test_of_a_long_log_the_end_stays() -> None:
    lines = [f"line {n} ö\n" for n in range(50_000)]
    kept = cut("".join(lines)).splitlines(keepends=True)
    assert kept[0] == "(its beginning is cut off)\n" and kept[1:] == lines[-len(kept) + 1 :]
    assert LONGEST - 100 < len("".join(kept).encode()) < LONGEST + 100
    assert cut("short") == "short"


def event(kind: str, name: str, at: str, version: str, message: str, **more: Any) -> dict[str, Any]:
    metadata = {"creationTimestamp": at, "resourceVersion": version}
    about = {"kind": kind, "name": name}
    return {"metadata": metadata, "involvedObject": about, "type": "Warning", "reason": "R", "message": message, **more}


def test_events_are_ours_and_in_order() -> None:
    scheduler = {"kind": "Deployment", "metadata": {"name": "airflow-scheduler"}}
    text = events(
        [
            event("Pod", "airflow-scheduler-1", "2026-01-12T09:14:04Z", "12", "third", count=3),
            event("ReplicaSet", "airflow-scheduler-1", "2026-01-12T09:14:03Z", "11", "second"),
            event("Deployment", "airflow-scheduler", "2026-01-12T09:14:03.5Z", "9", "first"),
            event("Deployment", "somebody-else", "2026-01-12T09:14:03Z", "8", "not ours"),
            event("Node", "airflow-scheduler-1", "2026-01-12T09:14:03Z", "8", "not ours"),
        ],
        [scheduler],
    )
    assert text.splitlines() == [
        "2026-01-12T09:14:03.5Z Warning Deployment/airflow-scheduler R: first",
        "2026-01-12T09:14:03Z Warning ReplicaSet/airflow-scheduler-1 R: second",
        "2026-01-12T09:14:04Z Warning Pod/airflow-scheduler-1 R (3 times): third",
    ]
