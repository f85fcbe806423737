"""What each choice would mean here: computed from the answers and from what the cluster has said."""

from dataclasses import replace
from functools import cache

import pytest

from wizard.assumed import assumed
from wizard.check import Facts, every_right, look
from wizard.cluster.sandbox import Sandbox
from wizard.consequences import Consequence, consequences
from wizard.progress import Mark
from wizard.questions import Draft, questions, with_blocked


@cache
def facts() -> Facts:
    return look(Sandbox(pace=0), "airflow", every_right())


def of(place: str, draft: Draft | None = None, seen: Facts | None = None) -> dict[str, Consequence]:
    draft = draft or Draft()
    asked = with_blocked(list(questions(draft)), draft)
    return consequences(draft, next(each for each in asked if each.place == place), seen or facts())


def test_a_volume_that_no_class_offers_is_told_before_it_is_chosen() -> None:
    told = of("logs")["volume"]
    assert told.mark is Mark.FAILED
    assert "StorageClass standard (rancher.io/local-path) does not offer it: it would stay Pending" in told.problem
    assert "+1 claim (airflow-logs)" in told.counted and "+10Gi disk" in told.counted
    assert told.text().startswith("× here: Claim airflow-logs")


def test_with_a_class_that_offers_it_the_same_choice_has_no_problem() -> None:
    classes = [{**each, "provisioner": "nfs.csi.k8s.io"} for each in facts().storage_classes or []]
    told = of("logs", seen=replace(facts(), storage_classes=classes))["volume"]
    assert (told.mark, told.problem) == (Mark.DONE, "")


def test_without_a_cluster_that_has_answered_the_answers_alone_count() -> None:
    draft = Draft()
    logs = next(each for each in questions(draft) if each.place == "logs")
    told = consequences(draft, logs)["volume"]
    assert (told.mark, told.problem) == (Mark.DONE, "")
    assert "+10Gi disk" in told.counted


def test_pods_that_clone_are_counted_with_those_of_tasks() -> None:
    assert of("dags")["git-sync"].counted.startswith("3 pods would clone the repository")
    team = Draft({"profile": "team"})
    assert of("dags", team)["git-bundle"].counted.startswith("2 pods, and one per task, would clone the repository")
    assert "Secret" not in of("dags", team)["git-sync"].problem, "an example is no answer to judge"


def test_what_would_be_more_and_less_is_named() -> None:
    assert "+2 Deployments (airflow-worker, redis)" in of("executor")["celery"].counted
    assert "0.1 CPU and 512Mi for each task" in of("executor")["kubernetes"].counted
    existing = of("database")["existing"].counted
    assert existing == "-1 Deployment (postgres-db), -1 claim (postgres-db), -1 pod, -0.1 CPU, -256Mi, -2Gi disk"


def test_a_rule_that_warns_of_a_choice_is_told_beside_it_and_not_beside_the_others() -> None:
    told = of("database.storage")
    assert told["ephemeral"].mark is Mark.WARNING and "all of Airflow's data goes" in told["ephemeral"].problem
    assert told["claim"].mark is Mark.DONE


def test_what_is_wrong_with_every_choice_is_told_beside_none() -> None:
    draft = Draft()
    draft.answer(("nodes", "controlPlane", "nodeSelector"), "pool=airflow")
    assert not any("No node takes" in each.problem for each in of("dags", draft).values())


def test_a_choice_that_cannot_be_taken_is_not_weighed() -> None:
    assert set(of("dags")) == {"image", "git-sync", "git-bundle", "volume"}


def test_where_nothing_differs_nothing_is_said() -> None:
    assert not any(each.text() for each in of("platform").values())


@pytest.mark.parametrize("place", [each.place for each in questions(Draft()) if each.kind == "choice"])
def test_every_choice_that_can_be_taken_makes_a_plan_with_examples(place: str) -> None:
    draft = Draft()
    question = next(each for each in with_blocked(list(questions(draft)), draft) if each.place == place)
    for choice in question.choices:
        if not choice.blocked:
            made = assumed(draft.with_answer(question.key, choice.value))
            assert made is not None, choice
            assert not any(made.made_up(each) for each in ("profile", "namespace"))


@pytest.mark.parametrize("repository", ["git@github.com:acme/dags.git", "ssh://git@host:2222/acme/dags.git"])
def test_an_example_fits_the_answers_that_are_there(repository: str) -> None:
    draft = Draft()
    draft.answer(("dags",), "git-sync")
    draft.answer(("dags", "git-sync", "repository"), repository)
    made = assumed(draft)
    assert made is not None
    assert made.plan.model_dump()["dags"]["repository"] == repository
    assert made.made_up("dags.credentials") and not made.made_up("dags.repository")
    assert made.plan.model_dump()["dags"]["credentials"]["knownHosts"].startswith("* ssh-ed25519 ")


def test_a_wrong_answer_is_taken_for_its_default() -> None:
    draft = Draft({"profile": "laptop", "namespace": "NO"})
    made = assumed(draft)
    assert made is not None and made.plan.namespace == "airflow"
    assert draft.value(("namespace",)) == "NO", "and stays as it was answered"
