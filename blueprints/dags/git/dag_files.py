"""How many DAG files a checkout has, by the rule of Airflow's safe mode."""

from pathlib import Path

import rehearsal


def counted(folder, commit):
    """A sentence about the files below a folder. Raises `Failed` where Airflow would find no DAG there."""
    folder = Path(folder)
    if not folder.is_dir():
        raise rehearsal.Failed(f"there is no folder {folder} at commit {commit[:12]}")
    files = [file for file in sorted(folder.rglob("*.py")) if file.is_file()]
    found = [file for file in files if looks_like_a_dag(file)]
    if not found:
        raise rehearsal.Failed(f"no file below {folder} looks like a DAG, of {len(files)} Python files")
    return f"commit {commit[:12]}: {len(found)} of {len(files)} Python files look like DAGs"


def looks_like_a_dag(file):
    """Whether Airflow would read it: files without both words are skipped in silence."""
    text = file.read_bytes().lower()
    return b"dag" in text and b"airflow" in text
