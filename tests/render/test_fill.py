"""`${...}` is filled in the parsed tree: types stay, what is absent goes, and nothing needs quoting."""

from typing import Any

import pytest

from wizard.render.fill import fill

VALUES: dict[str, Any] = {
    "name": "y: 'quoted' \"text\" {}\n- x",
    "count": 4,
    "yes": True,
    "none": None,
    "labels": {"pool": "airflow"},
    "list": ["a", "b"],
    "empty": {},
    "nothing": [],
    "blank": "",
    "sneaky": "${name}",
    "holes": [{"key": "a", "value": None}],
    "part": {"of": {"plan": "deep", "gone": None}},
    "missing": None,
}


@pytest.mark.parametrize(
    ("tree", "filled"),
    [
        ("${count}", 4),
        ("${yes}", True),
        ("${labels}", {"pool": "airflow"}),
        ("${list}", ["a", "b"]),
        ("${part.of.plan}", "deep"),
        ("${name}", VALUES["name"]),
        ("port-${count}/${part.of.plan}", "port-4/deep"),
        ("a ${name} b", f"a {VALUES['name']} b"),
        ({"a": "${blank}"}, {"a": ""}),
        ({"a": "${none}", "b": 1}, {"b": 1}),
        ({"a": "${empty}", "b": "${nothing}"}, {}),
        ({"a": "${part.of.gone}"}, {}),
        ({"a": "${missing.below}"}, {}),
        (["${none}", "x", "${count}"], ["x", 4]),
        ({"a": [{"b": "${none}"}]}, {"a": [{}]}),
        ({"a": "${holes}"}, {"a": [{"key": "a"}]}),
        ("${sneaky}", "${name}"),
        ("$(VAR) $VAR ${} $${count}", "$(VAR) $VAR ${} $4"),
        ({"a": None, "b": 1.5, "c": False}, {"a": None, "b": 1.5, "c": False}),
    ],
)
def test_fills(tree: Any, filled: Any) -> None:
    assert fill(tree, VALUES)[0] == filled


@pytest.mark.parametrize("tree", ["${nowhere}", "${part.nowhere}", "a ${nowhere}", "${HOME}/dags"])
def test_a_path_that_no_plan_has_is_a_bug(tree: str) -> None:
    with pytest.raises(KeyError):
        fill({"a": [tree]}, VALUES)


def test_an_absent_value_within_a_text_is_a_bug() -> None:
    with pytest.raises(ValueError, match=r"needs a value for part\.of\.gone"):
        fill("http://${part.of.gone}/", VALUES)


def test_keys_are_no_placeholders() -> None:
    assert fill({"${count}": 1}, VALUES)[0] == {"${count}": 1}


def test_the_tree_and_the_values_stay_as_they_are() -> None:
    tree = {"a": "${labels}", "b": [{"c": "${list}"}]}
    filled, _ = fill(tree, VALUES)
    filled["a"]["pool"] = filled["b"][0]["c"][0] = "changed"
    assert tree == {"a": "${labels}", "b": [{"c": "${list}"}]}
    assert VALUES["labels"] == {"pool": "airflow"} and VALUES["list"] == ["a", "b"]


def test_says_where_which_answer_went() -> None:
    tree = {
        "image": "${part.of.plan}",
        "gone": "${none}",
        "env": [{"name": "A", "value": "x${count}"}, "not an item with a name"],
        "containers": [{"name": "gone", "args": ["${none}"]}, {"name": "web", "args": ["-n", "${count}"]}],
    }
    _, answers = fill(tree, VALUES)
    assert answers == {
        ("image",): "part.of.plan",
        ("env", 0, "value"): "count",
        ("containers", "web", "args", 1): "count",
    }
