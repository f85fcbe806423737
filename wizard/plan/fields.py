"""What the plan's fields are made of: a field that is a question, and kinds of values with an error in our words."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict

AIRFLOW_DOCS = "https://airflow.apache.org/docs/apache-airflow/stable/"
KUBERNETES_DOCS = "https://kubernetes.io/docs/concepts/"
SECRET_DOCS = KUBERNETES_DOCS + "configuration/secret/"
VOLUME_DOCS = KUBERNETES_DOCS + "storage/persistent-volumes/#access-modes"
USERS_DOCS = "https://airflow.apache.org/docs/apache-airflow-providers-fab/stable/auth-manager/index.html"
POD_OPERATOR_DOCS = "https://airflow.apache.org/docs/apache-airflow-providers-cncf-kubernetes/stable/operators.html"
GIT_SYNC_DOCS = "https://github.com/kubernetes/git-sync#readme"
GIT_BUNDLE_DOCS = "https://airflow.apache.org/docs/apache-airflow-providers-git/stable/bundles/index.html"


def ask(
    title: str,
    help: str,
    docs: str = "",
    *,
    step: str = "",
    choices: str = "",
    kind: str = "",
    picks: str = "",
    **field: Any,
) -> Any:
    """A field that is a question: its title, its help, and where the subject is documented.

    `step` names the step of the wizard that asks, where that isn't the section the field is in; `choices` the
    blueprint folder with the texts of the choices, where several questions share them; `kind` is `lines` for text of
    several lines; `picks` says what names of the cluster at hand it may hold (`wizard.picks`). A text that must be
    given has `examples`, which stand for it while there is none (`wizard.assumed`).
    """
    said = {"docs": docs, "step": step, "choices": choices, "kind": kind, "picks": picks}
    extra: JsonDict = {key: value for key, value in said.items() if value}
    return Field(title=title, description=help, json_schema_extra=extra, **field)


def matching(pattern: str, sentence: str) -> AfterValidator:
    """A validator that says in a sentence what is wanted, not which regular expression failed."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def at_most(limit: int) -> AfterValidator:
    """A validator for the longest text that Kubernetes takes here, in characters."""

    def check(value: str) -> str:
        if len(value) > limit:
            raise ValueError(f"is {len(value)} characters long; at most {limit} fit")
        return value

    return AfterValidator(check)


class Misfit(ValueError):
    """Of a part's answers, one that doesn't fit the others: told at that field and not at the part."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


CONTROL = r"\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff"
"""For a character class: what no answer of one line has. Control characters and what YAML takes for such, which kubectl
can't send; and what Python puts into a text for bytes that are none."""

DNS_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
DnsLabel = Annotated[
    str,
    matching(
        DNS_LABEL, "may hold only lower-case letters, digits and -, and must start and end with a letter or digit"
    ),
    at_most(63),
]
DnsName = Annotated[
    str,
    matching(rf"{DNS_LABEL}(\.{DNS_LABEL})*", "may hold only lower-case letters, digits, - and ."),
    at_most(253),
]
Quantity = Annotated[
    str,
    matching(r"[1-9][0-9]{0,8}(\.[0-9]{1,3})?(Mi|Gi|Ti|M|G|T)", "must be a size such as 512Mi or 5Gi"),
]
Cpu = Annotated[
    str,
    matching(
        r"[1-9][0-9]{0,8}m|[1-9][0-9]{0,5}(\.[0-9]{1,3})?|0\.[0-9]{0,2}[1-9]",
        "must be a number of CPUs such as 500m or 2",
    ),
]

Period = Annotated[str, matching(r"[1-9][0-9]{0,6}[sm]", "must be a time such as 30s or 5m")]
_SECONDS = {"s": 1, "m": 60}


def seconds(period: str) -> int:
    """A `Period` in seconds."""
    return int(period[:-1]) * _SECONDS[period[-1]]


def _not_a_flag(value: Any) -> Any:
    """YAML's `yes` would be taken for 1."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


Number = Annotated[int, BeforeValidator(_not_a_flag)]

_IMAGE = re.compile(
    r"([a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?/)?"  # registry
    r"[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*)*"
    r"(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)


def pinned(value: str) -> str:
    """An image reference with a tag or digest, so that all pods run the same; source: distribution/reference."""
    if not _IMAGE.fullmatch(value):
        raise ValueError("is not an image reference such as docker.io/apache/airflow:3.3.2")
    name, _, digest = value.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    if not digest and not tag:
        raise ValueError(f"needs a tag or digest, such as {value}:3.3.2, so that every pod runs the same image")
    if tag == "latest" and not digest:
        raise ValueError("must not be :latest, which differs from pod to pod and from day to day; name a version")
    return value


Image = Annotated[str, AfterValidator(pinned)]


class Closed(BaseModel):
    """A part of the plan: camelCase keys as Kubernetes has them, unknown keys are errors, values are frozen."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )
