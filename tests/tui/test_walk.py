"""The whole road in the sandbox, at 80x24, with the keyboard alone."""

import re
from pathlib import Path

from tests.tui.screens import CONTEXTS, Driven, wizard
from wizard.cluster.kubeconfig import Context
from wizard.cluster.sandbox import Sandbox
from wizard.errors import UserError
from wizard.plan.file import load
from wizard.questions import Draft
from wizard.steps import RAIL
from wizard.tui.form import Form
from wizard.tui.header import SANDBOX

HOST = "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
HERE = [Context("sandbox", Sandbox.server, "default", True)]


async def test_laptop_from_start_to_proof() -> None:
    async with wizard(contexts=HERE, sandbox=True) as screen:
        await screen.press("tab", "tab")
        await screen.type("seat-7")
        await screen.press("enter")
        assert screen.app.wizard.step == "airflow", "Enter on the last field goes on"
        await screen.walk("apply")
        await screen.until("seat-7 (will be created)")
        assert "+ Deployment airflow-scheduler" in await read_changes(screen)
        await screen.press("enter")
        await screen.until("In the sandbox all of it went well")
        assert "airflow-wizard open -n seat-7" in screen.text and "printed once more" not in screen.text
        assert "User        admin" in screen.text
        assert "√ read its log" in screen.text
        assert screen.app.wizard.apply_pane.state == "done"


async def read_changes(screen: Driven) -> str:
    """All that Apply says will change, over its pages."""
    seen = ""
    for _ in range(4):
        seen += screen.text
        await screen.press("pagedown")
    return seen


async def test_every_screen_says_that_nothing_real_runs() -> None:
    async with wizard(contexts=HERE, sandbox=True) as screen:
        for step in RAIL:
            await screen.go(step)
            assert SANDBOX in screen.text, step
        for key in ("f1", "ctrl+s", "ctrl+p"):
            await screen.go("logs")
            await screen.press(key)
            assert SANDBOX in screen.text, key
            await screen.press("escape")


async def test_a_real_cluster_is_named_on_every_screen() -> None:
    async with wizard(contexts=CONTEXTS) as screen:
        for step in RAIL:
            await screen.go(step)
            assert "kind-lab · https://127.0.0.1:6443" in screen.text
            assert SANDBOX not in screen.text


async def test_applying_again_from_the_same_wizard_changes_nothing() -> None:
    async with wizard() as screen:
        await screen.go("apply")
        await screen.until("Context")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")
        await screen.go("executor")
        await screen.press("tab")
        await screen.type("5")
        await screen.go("apply")
        await screen.until("to change")
        assert "unchanged" in screen.text
        assert "~ ConfigMap airflow-config" in screen.text


class _Refusing(Sandbox):
    """Takes no Service, once."""

    refused = False

    def apply(self, body, **options):  # type: ignore[no-untyped-def]
        if body["kind"] == "Service" and not self.refused and not options.get("dry_run"):
            self.refused = True
            raise UserError("the API server does not take Service airflow-api-server", "Ask who runs the cluster.")
        return super().apply(body, **options)


async def test_a_failure_says_why_and_going_on_finishes() -> None:
    async with wizard(cluster=_Refusing(pace=0)) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("× the API server does not take Service airflow-api-server")
        assert "Ask who runs the cluster." in screen.text
        assert "What is applied stays. Apply again goes on from there." in screen.text
        await screen.press("enter")
        await screen.until("unchanged")
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")


async def test_a_cluster_that_does_not_answer_is_told_and_can_be_tried_again() -> None:
    def refuse(context: str) -> Sandbox:
        raise UserError(f"{context} does not answer.", "Is it running?")

    async with wizard(connect=refuse) as screen:
        await screen.go("apply")
        await screen.until("× kind-lab does not answer.")
        assert "Is it running?" in screen.text
        assert "What is applied stays" not in screen.text
        screen.app.session.connect = lambda _: Sandbox(pace=0)
        await screen.press("enter")
        await screen.until("to create")


async def test_without_any_context_the_plan_can_be_made_but_not_applied() -> None:
    async with wizard(contexts=[]) as screen:
        assert "no cluster chosen" in screen.text
        await screen.go("review")
        assert "airflow-config" in screen.text
        await screen.go("apply")
        await screen.until("No cluster is chosen.")


async def test_team_from_start_to_proof(tmp_path: Path, deploy_key: str) -> None:
    key = tmp_path / "deploy_key"
    key.write_text(deploy_key)
    async with wizard(contexts=HERE, sandbox=True) as screen:
        await screen.press("tab", "down")
        assert "team profile" in screen.text
        await screen.walk("dags")
        assert "×DAGs" in screen.text
        await fill(screen, "repository", "git@git.example.com:acme/dags.git")
        await choose(screen, "privateKey", "file")
        await fill(screen, "path", str(key))
        await fill(screen, "knownHosts", HOST)
        await screen.walk("nodes")
        await fill(screen, "nodeSelector", "pool=airflow")
        plan = screen.app.session.draft.plan()
        assert plan.executor.type == "kubernetes"
        assert plan.nodes.control_plane.node_selector == {"pool": "airflow"}
        await screen.walk("apply")
        await screen.until("to create")
        assert deploy_key.splitlines()[1] not in screen.text
        await screen.press("end", "enter")
        await screen.until("In the sandbox all of it went well")


async def to_field(screen: Driven, name: str) -> None:
    """Tab to the field of a question."""
    form = screen.app.wizard.query_one(Form)
    for _ in range(12):
        field = form.field_at_hand()
        if field is not None and field.question.key[-1] == name:
            return
        await screen.press("tab")
    raise AssertionError(f"no field {name}:\n{screen.text}")


async def fill(screen: Driven, name: str, text: str) -> None:
    await to_field(screen, name)
    await screen.type(text)


async def choose(screen: Driven, name: str, value: str) -> None:
    await to_field(screen, name)
    for _ in range(4):
        await screen.press("down")
        if value in screen.app.session.draft.given.values():
            return
    raise AssertionError(f"{name} does not offer {value}:\n{screen.text}")


async def test_a_key_that_is_made_is_shown_whole_while_pods_wait_for_it_and_printed_at_the_end() -> None:
    plan = Path(__file__).parents[1] / "plans" / "git-sync-made-key.yaml"
    async with wizard(draft=Draft.of(load(plan))) as screen:
        await screen.go("apply")
        await screen.until("The deploy key is made by Apply, and shown at once.")
        await screen.press("enter")
        await screen.until("no DAGs arrive until it may.")
        key = re.search(r"ssh-ed25519\s+(\S{68})\s", screen.text)
        assert key is not None, screen.text
        await screen.until("Airflow runs, and a task ran in it.")
        assert key[1] in screen.text
        assert f"ssh-ed25519 {key[1]}" in "\n".join(screen.app.farewell()).splitlines()


async def test_a_first_timer_gets_to_the_review_of_a_team_plan_in_forty_keys(tmp_path: Path, deploy_key: str) -> None:
    key = tmp_path / "deploy_key"
    key.write_text(deploy_key)
    pressed = 0

    async with wizard(contexts=HERE, sandbox=True) as screen:

        async def press(*keys: str) -> None:
            nonlocal pressed
            pressed += len(keys)
            await screen.press(*keys)

        async def paste(text: str) -> None:
            await screen.press("end", "ctrl+u")  # the field is empty: these do nothing that a user would have to do
            await screen.type(text)

        await press("enter", "down", "enter")  # the sandbox is the cluster; the team's profile; on to the namespace
        assert "team profile" in screen.lines[0]
        await press("enter", "f8")  # the namespace stays; what is asked of Airflow stays
        assert "▸×DAGs" in screen.text
        await press("enter")
        await paste("git@git.example.com:acme/dags.git")
        await press(*["enter"] * 6)  # branch, folder, period, image and "by SSH" stay
        assert "▌ Where is the private key?" in screen.text
        await press("down", "down", "enter")  # neither is the default: a Secret, then a file
        await paste(str(key))
        await press("enter")
        await paste(HOST)
        await press(*["f8"] * 10)
        assert screen.app.wizard.step == "review"
        assert "objects as they will be sent" in screen.text
        plan = screen.app.session.draft.plan()
        assert (plan.profile, plan.dags.type, plan.executor.type) == ("team", "git-sync", "kubernetes")
    assert pressed <= 40


def in_sight(screen: Driven) -> bool:
    focused = screen.app.focused
    return focused is not None and focused.region.bottom > 2 and focused.region.y < 23


async def test_every_step_is_walked_with_enter_alone() -> None:
    async with wizard(contexts=HERE, sandbox=True) as screen:
        seen = []
        for _ in range(120):
            if screen.app.wizard.step not in seen:
                seen.append(screen.app.wizard.step)
            if seen[-1] == "review":
                break
            await screen.wait_for(lambda: in_sight(screen), lambda: f"what has the focus is not seen:\n{screen.text}")
            await screen.press("enter")
        assert seen == [step for step in RAIL if step != "apply"]
