"""How the web page is reached."""

from typing import Literal

from wizard.plan.fields import Closed


class Service(Closed):
    """A ClusterIP Service, reached by port-forward."""

    type: Literal["service"] = "service"
