"""`airflow-wizard image`: what the answers need is in the image, and nobody's files are lost for it."""

import re
from pathlib import Path

import pytest

from tests.catalogue import Entry, bodies, every_plan, plan_of, pods, rendered
from tests.pairs import PAIRS
from wizard.blueprints_folder import BLUEPRINTS
from wizard.errors import Exit, UserError
from wizard.image import build_context, needs
from wizard.image_folder import write_context
from wizard.plan.file import parse
from wizard.plan.model import Plan
from wizard.plan.sections.dags import DagsInImage
from wizard.render import render
from wizard.render.folders import folders_of
from wizard.yaml_files import read_yaml

HEAD = "apiVersion: airflow-wizard/v1\nkind: Plan\nprofile: laptop\n"
TEMPLATE = "pod_templates/worker_pod_template.yaml"
INSTRUCTIONS = {"FROM", "USER", "RUN", "COPY"}


def plan(answers: str = "") -> Plan:
    return parse(HEAD + answers)


@pytest.fixture
def in_image() -> Plan:
    return plan_of(Path(__file__).parent / "plans" / "template-in-image.yaml")


def instructions(dockerfile: str) -> list[str]:
    """As docker reads them: without comments, which may stand inside of an instruction, and with its lines joined."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()


@every_plan
@pytest.mark.parametrize("slim", [False, True])
def test_every_plan_has_a_dockerfile(file: Entry, slim: bool) -> None:
    context = build_context(plan_of(file), slim=slim)
    said = instructions(context.dockerfile)
    assert said[0] == f"FROM docker.io/apache/airflow:{'slim-' if slim else ''}{plan_of(file).airflow.version}"
    assert {line.partition(" ")[0] for line in said} <= INSTRUCTIONS
    users = [line for line in said if line.startswith("USER")]
    assert users in ([], ["USER root", "USER airflow"])
    assert context.has_dags == isinstance(plan_of(file).dags, DagsInImage)
    copied = {line.split()[2] for line in said if line.startswith("COPY")}
    assert copied == {name.partition("/")[0] for name in context.files} | ({"dags"} if context.has_dags else set())
    for line in said:
        assert not line.startswith("RUN pip") or '"apache-airflow==${AIRFLOW_VERSION}"' in line


@pytest.mark.parametrize("slim", [False, True])
def test_so_have_the_pairs(slim: bool) -> None:
    for row in PAIRS:
        test_every_plan_has_a_dockerfile(row, slim)


@every_plan
def test_what_the_answers_need_is_said_with_the_answer(file: Path) -> None:
    wanted = needs(plan_of(file), "pip")
    official, slim = (build_context(plan_of(file), slim=slim).dockerfile for slim in (False, True))
    assert len(wanted) >= 2
    for need in wanted:
        assert re.search(rf"^#   {need.package} +{re.escape(need.answer)}$", official, re.MULTILINE)
        assert f"# {need.answer}\n" in slim
        assert any(need.package in line.split() for line in instructions(slim) if line.startswith("RUN pip"))
    assert not [line for line in instructions(official) if line.startswith("RUN")]


def test_libraries_to_compile_with_are_there_before_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(read_choice("login/users"), "image", {"pip": ["python-ldap"], "apt": ["gcc", "libldap2-dev"]})
    apt, pip = [line for line in instructions(build_context(plan(), slim=True).dockerfile) if line.startswith("RUN")]
    assert "apt-get install -y --no-install-recommends gcc libldap2-dev && " in re.sub(" +", " ", apt)
    assert pip.endswith(" python-ldap")


def read_choice(folder: str) -> dict[str, object]:
    """A folder's `choice.yaml` as renders share it."""
    return next(each.choice for each in folders_of(plan()) if str(each.path) == folder)


def test_every_blueprint_that_needs_the_image_to_have_something_says_it_in_words_that_are_known() -> None:
    found = [read_yaml(file.read_text("utf-8")).get("image", {}) for file in BLUEPRINTS.rglob("choice.yaml")]
    assert {key for needed in found for key in needed} <= {"pip", "apt", "pods"}


def test_dags_go_where_the_plan_reads_them() -> None:
    said = instructions(build_context(plan("dags: {type: image, folder: /srv/dags}")).dockerfile)
    assert "COPY --chown=airflow:root dags /srv/dags/" in said


def test_an_image_by_digest_is_built_by_its_name() -> None:
    image = "ghcr.io/acme/airflow:1@sha256:" + "0" * 64
    assert (
        "docker build -t ghcr.io/acme/airflow:1 ." in build_context(plan(f"airflow: {{image: '{image}'}}")).dockerfile
    )


def test_the_template_in_the_image_is_the_one_of_the_config_map(in_image: Plan) -> None:
    (text,) = render(in_image).in_image.values()
    assert list(build_context(in_image).files.values()) == [text]
    other = plan("airflow: {image: 'docker.io/example/airflow-dags:1'}\ndags: {type: image}\n"
                 "executor: {type: kubernetes}\nrights: {type: pods}\nlogs: {type: volume, size: 1Gi}")  # fmt: skip
    (config_map,) = (each.body for each in render(other).manifests if each.name == "worker-pod-template")
    assert config_map["data"]["worker_pod_template.yaml"] == text


def test_a_template_in_the_image_is_where_airflow_looks_for_it(in_image: Plan) -> None:
    file = Path(__file__).parent / "plans" / "template-in-image.yaml"
    (config,) = (body for body in bodies(file) if body["metadata"]["name"] == "airflow-config")
    place = config["data"]["AIRFLOW__KUBERNETES_EXECUTOR__POD_TEMPLATE_FILE"]
    assert list(rendered(file).in_image) == [place]
    assert f"COPY --chown=airflow:root pod_templates {place.rpartition('/')[0]}/" in build_context(in_image).dockerfile
    assert not [pod for pod in pods(file) if pod.is_worker]
    assert "worker-pod-template" not in {body["metadata"]["name"] for body in bodies(file)}


def test_the_folder_has_all_that_is_copied(in_image: Plan, tmp_path: Path) -> None:
    write_context(build_context(in_image), tmp_path / "deep" / "out")
    for line in instructions((tmp_path / "deep" / "out" / "Dockerfile").read_text()):
        if line.startswith("COPY"):
            assert list((tmp_path / "deep" / "out" / line.split()[2]).iterdir())
    assert read_yaml((tmp_path / "deep" / "out" / TEMPLATE).read_text())["kind"] == "Pod"


def test_what_is_put_beside_stays_and_ours_is_made_anew(in_image: Plan, tmp_path: Path) -> None:
    write_context(build_context(in_image), tmp_path)
    (tmp_path / "dags" / "mine.py").write_text("mine")
    (tmp_path / "dags" / "README").unlink()
    write_context(build_context(in_image, slim=True), tmp_path)
    assert [path.name for path in (tmp_path / "dags").iterdir()] == ["mine.py"]
    assert "airflow:slim-" in (tmp_path / "Dockerfile").read_text()


@pytest.mark.parametrize("name", ["Dockerfile", TEMPLATE])
@pytest.mark.parametrize("written", [None, "# made by somebody\n", ""])
def test_a_file_that_is_not_ours_stops_all(in_image: Plan, tmp_path: Path, name: str, written: str | None) -> None:
    write_context(build_context(in_image), tmp_path)
    before = (tmp_path / name).read_text() + "# and a line\n" if written is None else written
    (tmp_path / name).write_text(before)
    others = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(UserError, match="nothing was written") as refused:
        write_context(build_context(in_image, slim=True), tmp_path)
    assert refused.value.code is Exit.USAGE
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == others


def test_a_file_in_the_place_of_the_folder_is_told(in_image: Plan, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(UserError, match="is a file"):
        write_context(build_context(in_image), tmp_path / "out")
