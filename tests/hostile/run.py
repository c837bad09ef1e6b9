"""Does one attack and measures it."""

from pathlib import Path

from tests.hostile.attack import (
    END_SECONDS,
    HEALTHY_SECONDS,
    MEMORY_MB,
    SCRAPE_SECONDS,
    Attack,
    Figure,
    Result,
)
from tests.hostile.scene import Scene, Vendor, Watch, alone, started


def run(attack: Attack, folder: Path, *, short: bool) -> Result:
    """Start an exporter, attack it, and end it while what the attack has opened is still open."""
    vendor = Vendor()
    scene = Scene(folder, vendor, short=short)
    scene.headers = attack.headers
    try:
        config = {"targets": attack.targets(scene), **attack.config(scene)}
        with started(scene, config, attack.flags, attack.web(), is_tls=attack.is_tls):
            usual = alone(scene)
            with Watch(scene) as watch:
                further = attack.act(scene) or ()
            memory = scene.memory_mb("VmHWM")
            end = scene.end_seconds()
    finally:
        vendor.close()
    return Result(
        attack.name,
        Figure("healthy", watch.healthy, HEALTHY_SECONDS, "s"),
        Figure("scrape", max(0.0, watch.scrape - usual), SCRAPE_SECONDS, "s"),
        Figure("memory", memory, MEMORY_MB, "MB"),
        Figure("end", end, END_SECONDS, "s"),
        tuple(further),
    )
