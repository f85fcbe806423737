"""The wizard itself on a real node: the laptop plan from its first step to a task whose log was read."""

import os
import secrets
from functools import partial

import pytest

from tests.tui.screens import SMALL, Driven
from wizard.cluster.interface import Cluster
from wizard.cluster.real import connect, contexts
from wizard.questions import Draft
from wizard.session import Session
from wizard.tui.app import WizardApp

pytestmark = [pytest.mark.cluster, pytest.mark.node]


async def test_laptop_from_start_to_a_task_that_ran(cluster: Cluster) -> None:
    kubeconfig = os.environ["AIRFLOW_WIZARD_TEST_KUBECONFIG"]
    namespace = f"wizard-screen-{secrets.token_hex(3)}"
    session = Session(Draft(), partial(connect, kubeconfig), contexts(kubeconfig))
    app = WizardApp(lambda: session)
    try:
        async with app.run_test(size=SMALL) as pilot:
            screen = Driven(app, pilot)
            await screen.begun()
            await screen.press("tab", "tab")
            await screen.type(namespace)
            await screen.walk("apply")
            await screen.until(f"{namespace} (will be created)")
            assert cluster.server in screen.text
            assert cluster.get("v1", "Namespace", namespace) is None, "nothing is written before the consent"
            await screen.press("enter")
            await screen.until("√ read its log", 240)
            print(screen.text)
            assert f"airflow-wizard open -n {namespace}" in screen.text
            assert app.wizard.apply_pane.state == "done"
    finally:
        cluster.delete("v1", "Namespace", namespace)
