"""What the image holds, and what it does not."""

import re

import pytest
import yaml

from license_exporter import __version__
from tests.deploy.container.podman import BASE, IMAGE, Store

# Who it runs as by default, and whom OpenShift would choose.
USERS = ["65534:65534", "1000700000:0"]


def test_it_runs_as_nobody_by_default(images: Store) -> None:
    assert images.inspect(IMAGE)["Config"]["User"] == "65534:65534"
    assert images.output("id", "-u").strip() == "65534"


@pytest.mark.parametrize("user", USERS)
def test_no_module_is_compiled_at_the_start(images: Store, user: str) -> None:
    script = "PYTHONVERBOSE=1 license-exporter schema 2>&1 >/dev/null"
    loaded = images.output("sh", "-c", script, user=user)
    assert re.findall(r"code object from '(.*\.py)'", loaded) == []
    assert len(re.findall(r"code object from '.*license_exporter.*\.pyc'", loaded)) > 20


@pytest.mark.parametrize("user", USERS)
def test_nothing_in_it_can_be_written(images: Store, user: str) -> None:
    # What the base leaves open to all, as any Linux does, and what the runtime mounts.
    script = "find / -xdev -writable ! -type l ! -path '/dev/*' 2>/dev/null; true"
    flags = ["--network=host", "--rm", f"--user={user}", "--entrypoint=sh"]
    limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]
    found = images.run("podman", "run", *flags, *limits, IMAGE, "-c", script)
    of_all = {"/tmp", "/var/tmp", "/run/lock", "/proc", "/dev"}
    assert set(found.split()) <= of_all


def test_it_holds_no_pip_no_compiler_and_no_cache(images: Store) -> None:
    names = ["pip", "pip3", "pip-*", "ensurepip", "gcc", "cc", "clang", "make", "uv", ".cache"]
    test = " -o ".join(f"-name '{name}'" for name in names)
    script = f"find / -xdev \\( {test} \\) ! -path '/proc/*' ! -path '/usr/share/*' 2>/dev/null"
    assert images.output("sh", "-c", f"{script}; true").split() == []
    assert "No module named pip" in images.output("sh", "-c", "python -m pip 2>&1; true")


def test_its_configuration_names_no_target_that_does_not_exist(images: Store) -> None:
    text = images.output("cat", "/etc/license_exporter/config.yaml")
    assert yaml.safe_load(text) == {"targets": []}
    assert text.startswith("#")


def test_it_carries_the_assets(images: Store) -> None:
    script = "from license_exporter import assets; print(*map(assets.names, assets.KINDS))"
    listed = images.output("/opt/license_exporter/bin/python", "-c", script)
    assert "grafana/dashboards/overview.json" in listed
    assert "deploy/helm/license-exporter/files/rules.yml" in listed


def test_its_labels_say_what_it_is(images: Store) -> None:
    labels = images.inspect(IMAGE)["Config"]["Labels"]
    described = {
        name.removeprefix("org.opencontainers.image."): text for name, text in labels.items()
    }
    assert described["version"] == __version__
    assert described["licenses"] == "Apache-2.0"
    assert described.keys() >= {"title", "description", "source", "documentation", "revision"}


def test_it_adds_less_than_120_mb_to_its_base(images: Store) -> None:
    sizes = [images.inspect(name)["Size"] for name in (IMAGE, BASE)]
    assert 0 < sizes[0] - sizes[1] < 120e6
