"""What to do once it runs: computed from the plan alone."""

from dataclasses import dataclass

from wizard.plan.model import Plan


@dataclass(frozen=True)
class Summary:
    """How to get in. No secret is in here: a command shows the password."""

    url: str
    port_forward: str
    """A command line; empty where the URL works without."""
    user: str
    password: str
    """A command line that prints it."""

    def text(self) -> str:
        """As lines for a person."""
        forward = [f"Open     {self.port_forward}"] if self.port_forward else []
        return "\n".join([*forward, f"Page     {self.url}", f"User     {self.user}", f"Password {self.password}"])


def summary(plan: Plan, context: str = "") -> Summary:
    """How to reach the Airflow of this plan; `context` is named in the commands where it is given."""
    flags = f"-n {plan.namespace}" + (f" --context {context}" if context else "")
    template = '{{.data.password | base64decode}}{{"\\n"}}'
    return Summary(
        "http://localhost:8080",
        f"kubectl port-forward {flags} service/airflow-api-server 8080",
        plan.login.admin.username,
        f"kubectl get secret {flags} airflow-admin -o go-template='{template}'",
    )
