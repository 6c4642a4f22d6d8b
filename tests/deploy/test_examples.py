"""Dockerfile, compose and Kubernetes examples say the same as the code; `test_image_live.py` builds them."""

import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from flexorchd import __version__
from flexorchd.config import load
from flexorchd.config.sources import read_environment

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((REPOSITORY / "deploy/compose.yaml").read_text())
KUBERNETES = list(yaml.safe_load_all((REPOSITORY / "deploy/kubernetes.yaml").read_text()))
ALERT_TESTS = Path(__file__).with_name("alerts.yml")
PROBED = {"/healthz", "/readyz"}
FOLDERS = {"/srv/flexorchd/inbox", "/srv/flexorchd/outbox", "/var/lib/flexorchd"}


def uncommented(path):
    """The example with the lines switched on that it only shows."""
    return re.sub(
        r"^(\s*)# (?=(- \{|- name|secret|FLEXORCHD|flexorch_|  ))", r"\1", path, flags=re.MULTILINE
    )


def sidecar():
    stateful = next(one for one in KUBERNETES if one["kind"] == "StatefulSet")
    spec = stateful["spec"]["template"]["spec"]
    return spec, next(one for one in spec["containers"] if one["name"] == "flexorchd")


def test_the_version_is_this_one():
    assert f"ARG VERSION={__version__}\n" in DOCKERFILE
    assert sidecar()[1]["image"] == f"flexorchd:{__version__}"


def test_every_variable_is_a_key():
    compose = uncommented((REPOSITORY / "deploy/compose.yaml").read_text())
    kubernetes = uncommented((REPOSITORY / "deploy/kubernetes.yaml").read_text())
    names = set(re.findall(r"FLEXORCHD_[A-Z_]+", DOCKERFILE + compose + kubernetes))
    values = {"FLEXORCHD_WEB__LISTEN": "0.0.0.0:8620", "FLEXORCHD_API__MODE": "hosted",
              "FLEXORCHD_LOG__FORMAT": "json", "FLEXORCHD_API__KEY_FILE": "/run/secrets/key"}  # fmt: skip
    assert names == set(values)
    read_environment(values, Path("/"))


def test_the_examples_stay_well_formed_with_all_that_they_show():
    for name in ("compose", "kubernetes"):
        text = (REPOSITORY / f"deploy/{name}.yaml").read_text()
        assert list(yaml.safe_load_all(uncommented(text)))


def test_the_folders_are_those_of_the_example_configuration():
    config = load(REPOSITORY / "config.example.toml", env={}, cwd=REPOSITORY).config
    assert {str(config.watches[0].path), str(config.output.path), str(config.state_dir)} == FOLDERS
    volumes = re.search(r"^VOLUME (.*)$", DOCKERFILE, re.MULTILINE)
    assert set(yaml.safe_load(volumes[1])) == FOLDERS
    mounted = {volume.split(":")[1] for volume in COMPOSE["services"]["flexorchd"]["volumes"]}
    assert mounted == FOLDERS
    assert {mount["mountPath"] for mount in sidecar()[1]["volumeMounts"]} >= FOLDERS


def test_the_configuration_in_the_cluster_is_one(tmp_path):
    text = next(one for one in KUBERNETES if one["kind"] == "ConfigMap")["data"]["config.toml"]
    (tmp_path / "config.toml").write_text(text)
    assert load(tmp_path / "config.toml", env={}, cwd=tmp_path).config.exports[0].name == "nightly"


def test_the_sidecar_is_confined_and_watched():
    spec, container = sidecar()
    assert spec["securityContext"]["runAsUser"] == 10001
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    probes = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")]
    assert {probe["path"] for probe in probes} == PROBED
    assert "8620" in DOCKERFILE
    assert container["ports"][0]["containerPort"] == 8620


@pytest.mark.parametrize("shown", [str, uncommented], ids=["as it is", "with all that it shows"])
def test_kubernetes_takes_the_example(shown):
    for resource in yaml.safe_load_all(shown((REPOSITORY / "deploy/kubernetes.yaml").read_text())):
        kubernetes_validate.validate(resource, "1.33", strict=True)


def test_the_set_has_its_service():
    stateful, service = (
        next(one for one in KUBERNETES if one["kind"] == kind)
        for kind in ("StatefulSet", "Service")
    )
    assert stateful["spec"]["serviceName"] == service["metadata"]["name"]
    assert service["spec"]["selector"] == stateful["spec"]["selector"]["matchLabels"]


def test_hadolint_has_nothing_to_say():
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    ended = subprocess.run([hadolint, REPOSITORY / "Dockerfile"], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck")
def test_shellcheck_has_nothing_to_say():
    scripts = [
        path
        for folder in ("scripts", ".ci")
        for path in (REPOSITORY / folder).iterdir()
        if path.is_file() and path.read_bytes().startswith((b"#!/bin/sh", b"#!/usr/bin/env bash"))
    ]
    ended = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout


def test_each_alert_has_a_test():
    rules = yaml.safe_load((REPOSITORY / "deploy/alerts.yml").read_text())["groups"][0]["rules"]
    come = {
        test["alertname"]
        for group in yaml.safe_load(ALERT_TESTS.read_text())["tests"]
        for test in group["alert_rule_test"]
        if "exp_alerts" in test
    }
    assert come == {rule["alert"] for rule in rules}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (prometheus)")
def test_alerts_come_when_they_should_and_not_else():
    ended = subprocess.run(
        ["promtool", "test", "rules", ALERT_TESTS], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("name", "extras"),
    [
        ("requirements-lean.lock", ("otel",)),
        ("requirements.lock", ("engine", "ocr", "langid", "otel")),
    ],
)
def test_the_lock_has_all_that_is_asked_for_with_hashes_and_no_host(name, extras):
    text = (REPOSITORY / name).read_text()
    assert "://" not in text
    pins = {}
    for entry in re.split(r"\n(?=\S)", text):
        version = re.match(r"([\w.-]+)==([^ ;]+)", entry)
        assert version, entry
        assert "--hash=sha256:" in entry, entry
        pins.setdefault(canonicalize_name(version[1]), []).append(version[2])
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"]]
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    for requirement in map(Requirement, asked):
        if requirement.name != "flexorchd":
            locked = pins[canonicalize_name(requirement.name)]
            assert all(version in requirement.specifier for version in locked), requirement
