"""A plan as a file: `airflow-plan.yaml` in and out, with every mistake told at once, by its place in the file."""

import sys
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wizard.errors import Exit, UserError
from wizard.plan.fields import Misfit
from wizard.plan.model import API_VERSION, Plan
from wizard.plan.profiles import PROFILES, Answers, defaults, over
from wizard.plan.rules import refusals
from wizard.yaml_files import read_yaml, write_yaml

DEFAULT_FILE = "airflow-plan.yaml"
LARGEST = 1_000_000
"""Bytes; a plan is some hundred, and an API server takes no object above a megabyte."""
MOST, LONGEST = 50, 300
"""How many mistakes a message tells, and the characters of a sentence or a place in it: they may quote the file."""


class PlanErrors(UserError):
    """All that is wrong with a plan; `problems` has a sentence by place, such as `database.storage.size`. The answers
    at `unfit` are right by themselves and don't go with others: another one may be what is to change."""

    def __init__(self, where: str, problems: dict[str, str], unfit: Collection[str]) -> None:
        count = "1 thing" if len(problems) == 1 else f"{len(problems)} things"
        lines = [f"  {_cut(place) or 'the plan'}: {_cut(sentence)}" for place, sentence in problems.items()]
        more = [f"  and {len(lines) - MOST} more"] if len(lines) > MOST else []
        super().__init__("\n".join([f"{where}: {count} to fix:", *lines[:MOST], *more]), code=Exit.USAGE)
        self.problems = problems
        self.unfit = unfit


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def complete(answers: Answers, where: str = "the plan") -> Plan:
    """The plan that these answers and their profile's defaults make. Raises `PlanErrors`."""
    name = answers.get("profile")
    base = defaults(name) if name in PROFILES else {}
    try:
        plan = Plan.model_validate(over(base, answers))
    except ValidationError as error:
        details = error.errors(include_url=False)
        unfit = {_place(_location(detail)) for detail in details if _misfit(detail)}
        raise PlanErrors(where, {_place(_location(each)): _sentence(each) for each in details}, unfit) from None
    except UnicodeEncodeError:  # a byte of an argument or a terminal that is no UTF-8
        raise PlanErrors(where, {"": "holds what is no text"}, ()) from None
    refused = refusals(plan)
    if refused:
        raise PlanErrors(where, refused, refused)
    return plan


def parse(text: str, where: str = "the plan") -> Plan:
    """A plan from YAML text; `where` names its source in errors."""
    return complete(_answers(text, where), where)


def _answers(text: str, where: str) -> Answers:
    try:
        answers = read_yaml(text)
    except yaml.YAMLError as error:
        raise UserError(f"{where} is not YAML: {_cut(_yaml_problem(error))}", code=Exit.USAGE) from None
    except (ValueError, RecursionError):
        raise UserError(f"{where} is not YAML that can be read.", code=Exit.USAGE) from None
    if not isinstance(answers, dict):
        raise UserError(
            f"{where} holds no plan", f"A plan starts with `apiVersion: {API_VERSION}` and `kind: Plan`.", Exit.USAGE
        )
    return {str(key): value for key, value in answers.items()}


def load(path: Path) -> Plan:
    """Read a plan's file; `-` is standard input. Raises `UserError` with exit code 2 for whatever is wrong with it."""
    return complete(read(path), name_of(path))


def name_of(path: Path) -> str:
    """What errors call a plan's file."""
    return "standard input" if str(path) == "-" else str(path)


def read(path: Path) -> Answers:
    """What a plan's file says, before it is looked at. Raises `UserError` for what is no YAML of that shape."""
    name = name_of(path)
    try:
        data = _start_of(path)
        if len(data) > LARGEST:
            raise UserError(f"{name} is larger than any plan.", "Is it the right file?", Exit.USAGE)
        text = data.decode("utf-8")
    except FileNotFoundError:
        raise UserError(
            f"There is no {path}.", "Name a plan with -f FILE; the README shows the smallest.", Exit.USAGE
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"{name} is not UTF-8 text.", code=Exit.USAGE) from None
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}", code=Exit.USAGE) from None
    return _answers(text, name)


def _start_of(path: Path) -> bytes:
    """As much of it as shows whether it is too large; a device or a pipe may never end."""
    if str(path) == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def answers_of(plan: Plan) -> Answers:
    """What the plan says beyond its profile's defaults: small where the answers are the defaults."""
    head = {"apiVersion": plan.api_version, "kind": plan.kind, "profile": plan.profile, "namespace": plan.namespace}
    return {**head, **_beyond(plan, {**defaults(plan.profile), **head})}


def _beyond(part: BaseModel, known: Answers) -> Answers:
    """What this part says beyond `known`, the profile's defaults for it, and beyond the model's own."""
    dumped, said = part.model_dump(mode="json", exclude_none=True), {}
    for name, field in type(part).model_fields.items():
        key, value = field.alias or name, getattr(part, name)
        default = known.get(key, None if field.is_required() else field.get_default())
        if isinstance(value, BaseModel):
            default = default.model_dump(mode="json", exclude_none=True) if isinstance(default, BaseModel) else default
            tag = getattr(value, "type", None)
            same = isinstance(default, dict) and default.get("type") == tag
            below = _beyond(value, default if same and default else {})
            if tag is not None and (below or not same):
                below = {"type": tag, **below}
            if below:
                said[key] = below
        elif name != "type" and dumped.get(key) != default:
            said[key] = dumped[key]
    return said


def text_of(plan: Plan) -> str:
    """The plan as the text of a file."""
    return write_yaml(answers_of(plan))


def _yaml_problem(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return str(error).splitlines()[0]
    return f"line {error.problem_mark.line + 1}: {' '.join(filter(None, (error.context, error.problem)))}"


def _misfit(detail: ErrorDetails) -> Misfit | None:
    reason = (detail.get("ctx") or {}).get("error")
    return reason if isinstance(reason, Misfit) else None


def _location(detail: ErrorDetails) -> tuple[int | str, ...]:
    misfit = _misfit(detail)
    return (*detail["loc"], misfit.field) if misfit else detail["loc"]


def _place(loc: tuple[int | str, ...]) -> str:
    """`database.storage.size` from pydantic's location, in which the tag of a union stands between the keys."""
    from wizard.plan.walk import without_tags

    return ".".join(str(part) for part in without_tags(loc))


def _such_as(loc: tuple[int | str, ...]) -> str:
    """Where there are choices, how one is said."""
    from wizard.plan.walk import tags_at

    tags = tags_at(loc)
    return f", such as {{type: {tags[0]}}}; a type is one of {', '.join(tags)}" if tags else ""


def _sentence(detail: ErrorDetails) -> str:
    context: dict[str, Any] = detail.get("ctx") or {}
    match detail["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden":
            return _unknown(detail["loc"])
        case "union_tag_invalid":
            return f"type {context['tag']!r} is not one of {context['expected_tags']}"
        case "union_tag_not_found":
            return "needs a `type`"
        case "literal_error":
            return f"must be {context['expected']}"
        case "value_error":
            return str(context["error"])
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"must be a mapping of keys to values{_such_as(detail['loc'])}"
        case "string_type":
            return "must be text; put it in quotes"
        case "string_unicode":
            return "holds what is no text"
        case "int_type" | "int_parsing" | "int_from_float" | "finite_number":
            return "must be a whole number"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "less_than_equal":
            return f"must be {context['le']} or less"
        case "bool_type" | "bool_parsing":
            return "must be true or false"
        case "list_type":
            return "must be a list"
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _unknown(loc: tuple[int | str, ...]) -> str:
    from wizard.plan.walk import keys_at

    near = get_close_matches(str(loc[-1]), keys_at(loc[:-1]), n=1)
    return f"is no key of a plan; did you mean `{near[0]}`?" if near else "is no key of a plan"
