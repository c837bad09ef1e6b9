"""The exporter where nobody looks: a log that is not read, probes without a password, new files."""

import re
import subprocess
import sys
import time
import urllib.error

import bcrypt
import pytest
import yaml

from tests.e2e.programs import exporter, free_port, get, wait_until

pytestmark = pytest.mark.e2e


def configured(*names):
    return [
        {
            "name": name,
            "vendor": "enterprise_recon",
            "url": "http://127.0.0.1:1",
            "basic_auth": {"username": "u", "password": "p"},
        }
        for name in names
    ]


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({"targets": configured("a")}))
    return file


def test_a_log_that_nobody_reads_stops_nothing_and_is_told_of(file):
    port = free_port()
    command = [sys.executable, "-m", "license_exporter", f"--config.file={file}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--web.enable-lifecycle"]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            wait_until(lambda: get(f"{url}/-/healthy"), what="it answers")
            file.write_text(yaml.safe_dump({"targets": [{"name": f"t{n}"} for n in range(400)]}))
            dropped = 0.0
            end = time.monotonic() + 30
            while not dropped and time.monotonic() < end:
                with pytest.raises(urllib.error.HTTPError, match="500"):
                    post(f"{url}/-/reload")
                metrics = get(f"{url}/-/metrics", timeout=2)
                name = "license_exporter_log_lines_dropped_total"
                dropped = float(re.search(rf"^{name} (.*)$", metrics, re.MULTILINE)[1])
            assert dropped > 0
            begin = time.monotonic()
            process.terminate()
            assert process.wait(20) == 0
            assert time.monotonic() - begin < 10
        finally:
            process.kill()


def post(url):
    import urllib.request

    with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=10) as answer:
        return answer.status


def test_health_is_told_at_its_own_address_without_a_password(file, tmp_path):
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    web = tmp_path / "web.yml"
    web.write_text(yaml.safe_dump({"basic_auth_users": {"alice": hashed}}))
    health = f"127.0.0.1:{free_port()}"
    flags = [f"--config.file={file}", f"--web.config.file={web}", f"--web.health-address={health}"]
    with exporter(tmp_path, *flags) as program:
        assert "healthy" in get(f"http://{health}/-/healthy")
        assert "ready" in get(f"http://{health}/-/ready")
        for url, code in ((f"http://{health}/metrics", 404), (f"{program.url}/-/healthy", 401)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                get(url)
            assert refused.value.code == code
            refused.value.close()
        address = program.url.removeprefix("http://")
        for where in (f"--web.health-address={health}", f"--web.listen-address={address}"):
            command = [sys.executable, "-m", "license_exporter", "health", where]
            assert subprocess.run(command, check=False, capture_output=True).returncode == 0
        assert program.end() == 0
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def test_a_changed_file_is_followed_and_a_bad_one_is_not(file, tmp_path):
    folder = tmp_path / "conf.d"
    folder.mkdir()
    said = {"target_files": ["conf.d/*.yaml"], "targets": configured("a")}
    file.write_text(yaml.safe_dump(said))
    with exporter(tmp_path, f"--config.file={file}", "--config.auto-reload-interval=100ms") as it:

        def targets():
            return set(re.findall(r'"instance": "(\w+)"', it.get("/sd")))

        assert targets() == {"a"}
        (folder / "b.yaml").write_text(yaml.safe_dump(configured("b")))
        wait_until(lambda: targets() == {"a", "b"}, 10, "a new target file is followed")
        (folder / "b.yaml").write_text("- nonsense: [")
        wait_until(lambda: "cannot be used" in it.log, 10, "a bad file is told of")
        assert targets() == {"a", "b"}
        (folder / "b.yaml").unlink()
        wait_until(lambda: targets() == {"a"}, 10, "a target file that is gone is followed")
