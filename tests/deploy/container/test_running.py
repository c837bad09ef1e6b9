"""The image in use, as Kubernetes would use it: any user, a read-only root, Secrets that rotate."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.container.podman import IMAGE, Store, running
from tests.deploy.container.test_image import USERS
from tests.deploy.container.vendor import Api, api


@pytest.fixture
def vendor() -> Iterator[Api]:
    with api() as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path, vendor: Api) -> Path:
    """A configuration and a Secret, laid out as a kubelet does."""
    target = {
        "name": "seats",
        "vendor": "json",
        "as": "example",
        "url": vendor.url,
        "min_interval": "0s",
        "authorization": {"credentials_file": "secrets/token"},
        "mapping": {
            "requests": {"all": {"path": ""}},
            "pools": [{"name": "'seats'", "used": "used"}],
        },
    }
    (tmp_path / "config.yaml").write_text(json.dumps({"targets": [target]}))
    (tmp_path / "secrets").mkdir()
    publish(tmp_path / "secrets", "first")
    (tmp_path / "secrets/token").symlink_to("..data/token")
    tmp_path.chmod(0o755)
    return tmp_path


def publish(secrets: Path, token: str) -> None:
    """Change a Secret as a kubelet does: a new folder, and a link that is replaced at once."""
    (secrets / f"..{token}").mkdir()
    (secrets / f"..{token}/token").write_text(token)
    (secrets / "..data_tmp").symlink_to(f"..{token}")
    (secrets / "..data_tmp").rename(secrets / "..data")


def mounted(folder: Path, user: str = USERS[0]) -> tuple[str, ...]:
    return (f"--volume={folder}:/etc/license_exporter:ro", f"--user={user}")


UP = 'license_up{target="seats",vendor="example"} 1'


@pytest.mark.parametrize("user", USERS)
def test_it_serves_a_configuration_as_any_user(images: Store, folder: Path, user: str) -> None:
    with running(images, flags=mounted(folder, user)) as exporter:
        assert UP in exporter.get("/probe?target=seats")


def test_it_follows_a_secret_that_rotates(images: Store, folder: Path, vendor: Api) -> None:
    with running(images, flags=mounted(folder)) as exporter:
        assert UP in exporter.get("/probe?target=seats")
        vendor.token = "second"
        assert 'reason="auth"' in exporter.get("/metrics")
        publish(folder / "secrets", "second")
        assert UP in exporter.get("/probe?target=seats")


def test_it_ends_on_sigterm_with_the_running_scrape_answered(
    images: Store, folder: Path, vendor: Api
) -> None:
    with running(images, flags=mounted(folder)) as exporter:
        vendor.seconds = 2.0
        answers: list[str] = []
        scrape = threading.Thread(target=lambda: answers.append(exporter.get("/metrics")))
        scrape.start()
        assert vendor.asked.wait(10)
        assert exporter.end() == 0
        scrape.join(10)
        assert [
            'license_up{target="seats",vendor="example"} 1' in answer for answer in answers
        ] == [True]


def test_it_serves_without_a_configuration_of_its_own(images: Store) -> None:
    with running(images) as exporter:
        assert "license_exporter_targets 0" in exporter.get("/metrics")


def test_its_health_check_passes_at_any_address(images: Store) -> None:
    with running(images) as exporter:
        exporter.health()


def test_the_demo_needs_a_folder_for_temporary_files(images: Store) -> None:
    flags = ("--mount=type=tmpfs,destination=/tmp",)
    with running(images, "demo", flags=flags) as exporter:
        assert "license_up{" in exporter.get("/metrics")
    from tests.deploy.container.podman import FLAGS

    refused = images.run("podman", "run", "--rm", *FLAGS, IMAGE, "demo", check=False)
    assert "temporary" in refused
    assert "Traceback" not in refused
