"""Rehearsal of the Git bundle: Airflow itself clones, by the plan's settings."""

import dag_files
import rehearsal


def tried():
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    bundle = DagBundlesManager().get_bundle("dags-repository")
    bundle.initialize()
    return dag_files.counted(bundle.path, bundle.get_current_version())


if __name__ == "__main__":
    rehearsal.run(tried)
