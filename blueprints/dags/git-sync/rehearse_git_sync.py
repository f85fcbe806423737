"""Rehearsal of git-sync: the init container before this one has cloned as it always does; what is there?"""

import os

import dag_files
import rehearsal


def tried():
    folder = os.environ["AIRFLOW__CORE__DAGS_FOLDER"]
    # git-sync's link leads to a checkout that is called as its commit.
    return dag_files.counted(folder, os.path.basename(os.path.realpath("/git/repo")))


if __name__ == "__main__":
    rehearsal.run(tried)
