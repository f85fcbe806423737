"""What to do once it runs: computed from the plan alone."""

import shlex
from dataclasses import dataclass

from wizard.deploy_key import is_made
from wizard.plan.model import Plan
from wizard.plan.sections.login import Ldap


@dataclass(frozen=True)
class Summary:
    """How to get in. No secret is in here: a command shows the password."""

    url: str
    open: str
    """A command line that leads there; empty where the URL works without."""
    user: str
    password: str
    """A command line that prints it."""

    verify: str
    """A command line that proves that a task runs."""
    directory: str = ""
    """The server whose people log in; then the page knows no user of Airflow's own. Empty where it knows no other."""
    deploy_key: str = ""
    """A command line that prints the public half of a key that was made; empty where none was."""

    def lines(self) -> list[tuple[str, str]]:
        """Each with its label."""
        forward = [("Open", self.open)] if self.open else []
        user = [("User", self.user)]
        if self.directory:
            user = [("User", f"those of {self.directory}"), ("Admin", f"{self.user}, by the REST API alone")]
        made = [("Git key", self.deploy_key)] if self.deploy_key else []
        return [*forward, ("Page", self.url), *user, ("Password", self.password), *made, ("Verify", self.verify)]

    def text(self) -> str:
        """As lines for a person."""
        return "\n".join(f"{label:<8} {text}" for label, text in self.lines())


def summary(plan: Plan, context: str = "", kubeconfig: str = "") -> Summary:
    """How to reach the Airflow of this plan; `context` and `kubeconfig` are named in the commands where given."""
    flags = f"-n {plan.namespace}" + (f" --context {shlex.quote(context)}" if context else "")
    flags += f" --kubeconfig {shlex.quote(kubeconfig)}" if kubeconfig else ""
    url = plan.access.public_url
    template = '{{.data.password | base64decode}}{{"\\n"}}'
    return Summary(
        # With a public URL the page leads there to log in, so it is no use by port-forward.
        url or "http://localhost:8080",
        "" if url else f"airflow-wizard open {flags}",
        plan.login.admin.username,
        f"kubectl get secret {flags} airflow-admin -o go-template='{template}'",
        f"airflow-wizard verify {flags}",
        plan.login.server if isinstance(plan.login, Ldap) else "",
        _deploy_key(plan, flags),
    )


def _deploy_key(plan: Plan, flags: str) -> str:
    if not is_made(plan):
        return ""
    template = '{{index .data "ssh.pub" | base64decode}}{{"\\n"}}'
    return f"kubectl get secret {flags} airflow-{plan.dags.type}-ssh -o go-template='{template}'"
