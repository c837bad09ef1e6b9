"""What the demo says when it is ready."""

from license_exporter.demo.command import Demo


def introduction(demo: Demo, url: str) -> str:
    """Where to look, and what each target shows; `url` is the exporter's."""
    width = max(map(len, demo.targets))
    lines = [
        "The demo is running. Open",
        f"  {url}/         what needs attention, and what to do",
        f"  {url}/metrics  what Prometheus scrapes",
        f"Its configuration is {demo.config_file}. End it with Ctrl-C.",
        "",
        *(f"  {name:{width}}  {target.shows}" for name, target in demo.targets.items()),
    ]
    return "\n".join(lines) + "\n"
