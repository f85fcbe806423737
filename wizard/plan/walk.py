"""Walking the plan's model: which fields there are, which choices a tagged union has, where a tag stands in a path."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from wizard.plan.model import Plan

Model = type[BaseModel]


def models_in(annotation: Any) -> list[Model]:
    """The models that a field may hold: one for a plain part, one a choice for a tagged union, none for a value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return [model for part in get_args(annotation) for model in models_in(part)]
    return []


def tag_of(model: Model) -> str | None:
    """The value of `type` that selects this model, or None where it isn't a choice."""
    field = model.model_fields.get("type")
    return None if field is None else str(get_args(field.annotation)[0])


def keys(model: Model) -> list[str]:
    """The keys of this part of a plan, as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _below(models: list[Model], part: int | str) -> list[Model]:
    found = []
    for model in models:
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                found += models_in(field.annotation)
    return found


def _steps(loc: tuple[int | str, ...]) -> Iterator[tuple[int | str, bool, list[Model]]]:
    """Each part of pydantic's location, whether it is a union's tag, and the models it leads to."""
    models: list[Model] = [Plan]
    for part in loc:
        tagged = [model for model in models if tag_of(model) == part] if len(models) > 1 else []
        models = tagged or _below(models, part)
        yield part, bool(tagged), models


def without_tags(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place in the file: pydantic's location without the tags of unions."""
    return tuple(part for part, is_tag, _ in _steps(loc) if not is_tag)


def _models_at(loc: tuple[int | str, ...]) -> list[Model]:
    *_, (_, _, models) = [("", False, [Plan]), *_steps(loc)]
    return models


def keys_at(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that the plan knows at a location."""
    return [key for model in _models_at(loc) for key in keys(model)]


def tags_at(loc: tuple[int | str, ...]) -> list[str]:
    """The values of `type` that the plan knows at a location; none where there are no choices."""
    return [tag for model in _models_at(loc) if (tag := tag_of(model))]
