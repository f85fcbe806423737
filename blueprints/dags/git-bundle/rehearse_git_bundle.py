"""Rehearsal of the Git bundle: Airflow itself clones, by the plan's settings."""

import dag_files
import rehearsal


def tried():
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    bundle = DagBundlesManager().get_bundle("dags-repository")
    bundle.initialize()
    found = bundle.get_current_version()  # a text before version 1 of Airflow's Git provider
    return dag_files.counted(bundle.path, getattr(found, "version", found))


if __name__ == "__main__":
    rehearsal.run(tried)
