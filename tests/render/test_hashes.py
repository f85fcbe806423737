"""Pods roll when, and only when, what they read at start has changed."""

from typing import Any

import pytest

from wizard.render.hashes import RE_READ, config_hash, content, reads

Object = dict[str, Any]


def pod(*containers: Object, init: list[Object] | None = None, volumes: list[Object] | None = None) -> Object:
    return {"spec": {"containers": list(containers), "initContainers": init or [], "volumes": volumes or []}}


def from_map(name: str) -> Object:
    return {"envFrom": [{"configMapRef": {"name": name}}]}


def one_key(name: str, key: str) -> Object:
    return {
        "env": [
            {"name": "PLAIN", "value": "1"},
            {"name": "X", "valueFrom": {"configMapKeyRef": {"name": name, "key": key}}},
        ]
    }


def mount(*sub_paths: str) -> Object:
    return {
        "volumeMounts": [{"name": "v", "mountPath": "/x", **({"subPath": path} if path else {})} for path in sub_paths]
    }


def volume(**source: Any) -> list[Object]:
    return [{"name": "v", **source}]


FIELDS_OF_THE_POD = {"env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]}
KEY_REF = {"env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]}


@pytest.mark.parametrize(
    ("template", "read"),
    [
        (pod({}), {}),
        (pod(FIELDS_OF_THE_POD), {}),
        (pod(from_map("config")), {"config": None}),
        (pod(one_key("info", "host")), {"info": {"host"}}),
        (pod(one_key("info", "host"), one_key("info", "port")), {"info": {"host", "port"}}),
        (pod(one_key("info", "host"), from_map("info")), {"info": None}),
        (pod(from_map("info"), one_key("info", "host")), {"info": None}),
        (pod({}, init=[one_key("info", "host")]), {"info": {"host"}}),
        (pod(mount(""), volumes=volume(configMap={"name": "scripts"})), {"scripts": None}),
        (pod(mount("a.py", "b.py"), volumes=volume(configMap={"name": "scripts"})), {"scripts": {"a.py", "b.py"}}),
        (pod(mount("a.py"), mount(""), volumes=volume(configMap={"name": "scripts"})), {"scripts": None}),
        (pod({}, volumes=volume(configMap={"name": "scripts"})), {"scripts": set()}),
        (pod(mount(""), volumes=volume(configMap={"name": "s", "items": [{"key": "a", "path": "b"}]})), {"s": {"a"}}),
        (pod(mount(""), volumes=volume(projected={"sources": [{"configMap": {"name": "s"}}]})), {"s": None}),
        (pod(mount(""), volumes=volume(emptyDir={})), {}),
        (pod(KEY_REF), {}),
    ],
)
def test_what_a_pod_reads_of_config_maps(template: Object, read: Object) -> None:
    assert reads(template, "ConfigMap") == read


@pytest.mark.parametrize(
    ("template", "read"),
    [
        (pod(KEY_REF), {"db": {"password"}}),
        (pod({"envFrom": [{"secretRef": {"name": "db"}}]}), {"db": None}),
        (pod(mount(""), volumes=volume(secret={"secretName": "key"})), {"key": None}),
        (pod(mount("ssh"), volumes=volume(secret={"secretName": "key"})), {"key": {"ssh"}}),
        (
            pod(mount(""), volumes=volume(projected={"sources": [{"secret": {"name": "k", "items": [{"key": "a"}]}}]})),
            {"k": {"a"}},
        ),
        (pod(from_map("config")), {}),
    ],
)
def test_what_a_pod_reads_of_secrets(template: Object, read: Object) -> None:
    assert reads(template, "Secret") == read


def config_map(annotations: Object | None = None, **data: str) -> dict[str, Object]:
    return {"info": {"metadata": {"name": "info", "annotations": annotations or {}}, "data": data}}


READS_HOST = pod(one_key("info", "host"))
READS_ALL = pod(from_map("info"))
NOW = config_map(host="db", port="5432")


@pytest.mark.parametrize(
    ("template", "then", "rolls"),
    [
        (READS_HOST, config_map(host="db", port="5432"), False),
        (READS_HOST, config_map(port="5432", host="db"), False),
        (READS_HOST, config_map(host="db", port="1"), False),
        (READS_HOST, config_map(host="db", port="5432", more="x"), False),
        (READS_HOST, config_map(host="other", port="5432"), True),
        (READS_HOST, config_map(port="5432"), True),
        (READS_ALL, config_map(port="5432", host="db"), False),
        (READS_ALL, config_map(host="db", port="1"), True),
        (READS_ALL, config_map(host="db", port="5432", more="x"), True),
        (READS_ALL, config_map(host="db"), True),
        (READS_ALL, {**NOW, "other": NOW["info"]}, False),
    ],
)
def test_rolls(template: Object, then: dict[str, Object], rolls: bool) -> None:
    assert (config_hash(template, NOW) != config_hash(template, then)) is rolls


def test_what_is_read_again_while_running_rolls_nothing() -> None:
    first, second = (config_map({RE_READ: "true"}, host=host) for host in ("a", "b"))
    assert config_hash(READS_ALL, first) == config_hash(READS_ALL, second)


def test_a_key_that_is_not_there_is_not_an_empty_one() -> None:
    assert content({"db": {"a"}}, {"db": {}}) != content({"db": {"a"}}, {"db": {"a": ""}})


def test_values_cannot_be_shifted_between_keys() -> None:
    assert content({"m": None}, {"m": {"a": "b", "c": ""}}) != content({"m": None}, {"m": {"a": "", "c": "b"}})
