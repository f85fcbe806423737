"""Review: what is listed, what is masked, what a search finds. And the previews of the steps."""

from tests.tui.screens import LARGE, wizard
from wizard.tui.entries import MASK


async def test_the_values_of_secrets_are_masked() -> None:
    async with wizard() as screen:
        await screen.go("review")
        for _ in range(12):
            await screen.press("down")
            if "airflow-admin" in screen.text:
                break
        await screen.press("home", "down", "enter")
        assert "kind: Secret" in screen.text
        assert MASK in screen.text
        assert "stringData:" in screen.text


async def test_at_80_columns_enter_leads_to_the_yaml_and_escape_back() -> None:
    async with wizard() as screen:
        await screen.go("review")
        assert "ConfigMap" in screen.text and "apiVersion" not in screen.text
        await screen.press("down", "enter")
        assert "apiVersion: v1" in screen.text
        await screen.press("escape")
        assert "apiVersion" not in screen.text


async def test_at_120_columns_both_are_seen() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("review")
        await screen.press("end")
        assert "airflow-scheduler" in screen.text
        assert "kind: Deployment" in screen.text


async def test_a_search_filters_the_objects_and_enter_goes_to_the_matches() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("review")
        await screen.press("ctrl+f", *"parallelism")
        assert "1 of " in screen.text
        assert "airflow-scheduler" not in screen.text
        await screen.press("enter")
        assert "AIRFLOW__CORE__PARALLELISM: '4'" in screen.text
        await screen.press("escape")
        assert "1 of " not in screen.text
        assert "airflow-scheduler" in screen.text


async def test_enter_walks_through_the_matches_of_all_objects() -> None:
    async with wizard() as screen:
        await screen.go("review")
        await screen.press("ctrl+f", *"kind: persist")
        await screen.press("enter")
        assert "kind: PersistentVolumeClaim" in screen.text
        await screen.press("ctrl+f", "ctrl+u", *"type: clusterip")
        await screen.press("enter")
        assert "name: airflow-api-server" in screen.text
        await screen.press("enter")
        assert "name: postgres-db" in screen.text


async def test_a_search_without_a_match_says_so() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("review")
        await screen.press("ctrl+f", *"no such thing")
        assert "0 of " in screen.text
        assert "Nothing holds this text." in screen.text
        await screen.press("enter")


async def test_the_first_step_previews_all_that_will_be_made() -> None:
    async with wizard(LARGE) as screen:
        assert "All that the plan brings" in screen.text
        assert "+ Deployment" in screen.text or "+ ServiceAccount" in screen.text


async def test_the_preview_lives() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("executor")
        assert "~ ConfigMap airflow-config" in screen.text
        assert "+   AIRFLOW__CORE__EXECUTOR: LocalExecutor" in screen.text
        await screen.press("tab")
        await screen.type("9")
        await screen.until("~   AIRFLOW__CORE__PARALLELISM: '9'")
        assert "blueprints/executor/local/airflow-config.patch.yaml" in "".join(
            line[-45:].strip(" │▏▎▕") for line in screen.lines
        )


async def test_while_an_answer_is_wrong_the_preview_says_what_stands_in_its_place() -> None:
    async with wizard(LARGE) as screen:
        await screen.go("executor")
        await screen.press("tab")
        await screen.type("0")
        await screen.until("in place of: Tasks")
        assert "PARALLELISM: '4'" in screen.text


async def test_at_80_columns_f2_leads_to_the_preview_and_back() -> None:
    async with wizard() as screen:
        await screen.go("database")
        await screen.press("f2")
        assert "+ Deployment postgres-db" in screen.text
        assert "Which database" not in screen.text
        await screen.press("f2")
        assert "Which database does Airflow use?" in screen.text
