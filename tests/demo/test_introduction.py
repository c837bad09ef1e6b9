from pathlib import Path

from license_exporter.demo.command import Demo, DemoTarget
from license_exporter.demo.introduction import introduction


def test_the_introduction_tells_where_to_look_and_what_each_target_shows():
    targets = (
        DemoTarget("crm", "seerbox", "a perpetual license", ("http://127.0.0.1:1",)),
        DemoTarget("warehouse", "immuta", "more users than seats", ("http://127.0.0.1:2",)),
    )
    demo = Demo(Path("/folder/config.yaml"), {target.name: target for target in targets})
    lines = introduction(demo, "http://127.0.0.1:10058").splitlines()
    assert any("http://127.0.0.1:10058/metrics" in line for line in lines)
    assert any("/folder/config.yaml" in line for line in lines)
    assert lines[-2:] == ["  crm        a perpetual license", "  warehouse  more users than seats"]
