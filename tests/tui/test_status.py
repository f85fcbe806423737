"""How an installation is, on F6: where there is one, and again on F5."""

from tests.tui.screens import LARGE, wizard
from tests.tui.test_applied import HOLDS, installed
from wizard.cluster.interface import Unreachable
from wizard.cluster.sandbox import Sandbox


async def test_an_installation_is_looked_at_and_asked_again() -> None:
    cluster = installed()
    async with wizard(LARGE, cluster=cluster) as screen:
        await screen.until(HOLDS)
        await screen.press("enter")
        await screen.until("F6 status")
        await screen.press("f6")
        await screen.until("All is well.")
        print(screen.text)
        assert "√ airflow-scheduler        1/1 ready" in screen.text
        assert "Health       all components are healthy" in screen.text
        assert "Drift        none" in screen.text
        cluster.delete("v1", "Service", "airflow-api-server", "airflow")
        await screen.press("f5")
        await screen.until("+ Service airflow-api-server")
        await screen.press("escape")
        assert screen.app.screen is screen.app.wizard


async def test_it_fits_a_small_screen_and_scrolls() -> None:
    async with wizard(cluster=installed()) as screen:
        await screen.until(HOLDS)
        await screen.press("enter")
        await screen.settled()
        await screen.press("f6")
        await screen.until("All is well.")
        assert "F5 asks again" in screen.text and "Verify" not in screen.text
        await screen.press("end")
        await screen.until("Verify")


async def test_a_cluster_that_is_gone_is_told() -> None:
    class Gone(Sandbox):
        gone = False

        def get(self, *about: str) -> dict[str, object] | None:  # type: ignore[override]
            if self.gone:
                raise Unreachable("The API server does not answer.", "Look at the network.")
            return super().get(*about)

    cluster = installed(made=Gone)
    async with wizard(cluster=cluster) as screen:
        await screen.until(HOLDS)
        await screen.press("enter")
        Gone.gone = True
        await screen.press("f6")
        await screen.until("The API server does not answer.")


async def test_without_an_installation_the_key_is_not_shown_and_does_nothing() -> None:
    async with wizard(LARGE) as screen:
        await screen.until("√ airflow will be created")
        await screen.press("f6")
        assert screen.app.screen is screen.app.wizard and "F6" not in screen.text
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until("Airflow runs, and a task ran in it.")
        await screen.until("F6 status")
