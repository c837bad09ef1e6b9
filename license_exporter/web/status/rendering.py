"""The templates of the pages, and how values are written in them.

There is no script, and the Content-Security-Policy allows none: whatever text a vendor sends, it
stays text. The one style sheet stands in the page itself and is allowed by its hash.
"""

import base64
import hashlib
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from license_exporter import __version__
from license_exporter.collector.target_view import TargetView
from license_exporter.model.report import License, Pool, State
from license_exporter.process import human
from license_exporter.web.status.attention import Attention
from license_exporter.web.status.findings import of_defaults
from license_exporter.web.status.renewals import Filter, Renewals
from license_exporter.web.status.site import Site
from license_exporter.web.status.table import overview, target_row

PAGE_SIZE = 50
_POOLS_SHOWN = 4
# Facts of a pool that count something else than its units.
_COUNTS = frozenset({"assigned", "checkouts", "users", "denied"})
_FINDINGS_SHOWN = 3
_ROWS_SHOWN = 200
# Of what ends, so many rows; a page that stands alone has all.
_ENDINGS_SHOWN = 2000

_RED = frozenset({Attention.DOWN, Attention.ENDED, Attention.OVER})
_STATE_CLASSES = {
    State.ACTIVE: "ok",
    State.PENDING: "waiting",
    State.UNKNOWN: "waiting",
    State.GRACE: "expiring",
}


class Pages:
    """Renders the templates, each as the bytes of a page; `policy` is what a browser may load.

    Without a `site` a page stands alone: it has no links to others, and nothing to filter by.
    """

    def __init__(self, site: Site | None) -> None:
        import jinja2

        self._site = site
        style = (files("license_exporter.web.status") / "templates" / "style.css").read_text(
            "utf-8"
        )
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self';"
            " base-uri 'none'; frame-ancestors 'none'"
        )
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("license_exporter.web.status"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "site": site,
            "style": Markup(style),  # noqa: S704 - a file of this package
            "version": __version__,
            "human": human,
            "infinity": math.inf,
            "breakable": _breakable,
            "css": _css,
            "iso": _iso,
            "clock": _clock,
            "width": _width,
            "states": _states,
            "state_class": lambda state: _STATE_CLASSES.get(state, "down"),
            "yes_no": _yes_no,
            "pool_facts": _pool_facts,
            "license_facts": _license_facts,
            "pools_shown": _POOLS_SHOWN,
            "findings_shown": _FINDINGS_SHOWN,
            "rows_shown": _ROWS_SHOWN,
        }

    def index(
        self, views: Sequence[TargetView], now: float, q: str, state: str, page: int
    ) -> bytes:
        found = overview(views, now, q, state, page, PAGE_SIZE)
        return self._render(
            "index.html",
            now,
            next(iter(found.counts), None),
            overview=found,
            # The other replicas' targets may have what is not here.
            doubts=[] if self._site is None or self._site.shard else of_defaults(views),
            heading=_heading(found.counts.get(Attention.DOWN, 0), sum(found.counts.values())),
            q=q,
            state=state,
        )

    def target(self, view: TargetView, now: float) -> bytes:
        row = target_row(view, now)
        report = view.filled_report
        return self._render(
            "target.html",
            now,
            row.attention,
            view=view,
            row=row,
            report=report,
            entitlements=[
                (license, entitlement)
                for license in report.licenses
                for entitlement in license.entitlements
            ],
        )

    def renewals(self, found: Renewals, asked: Filter, query: str, now: float) -> bytes:
        most = len(found.dated) if self._site is None else _ENDINGS_SHOWN
        return self._render(
            "renewals.html", now, None, found=found, most=most, asked=asked, query=query
        )

    def runbooks(self, now: float) -> bytes:
        # Markdown is read when somebody asks for it.
        from license_exporter.web.status.runbooks import runbooks

        text = Markup(runbooks())  # noqa: S704 - a file of this package
        return self._render("runbooks.html", now, None, runbooks=text)

    def missing(self, now: float) -> bytes:
        return self._render("missing.html", now, None)

    def _render(self, name: str, now: float, worst: Attention | None, **values: Any) -> bytes:
        template = self._templates.get_template(name)
        text = template.render(now=now, colour=_colour(worst), **values)
        # A vendor's text can hold half a character, which no encoding has.
        return text.encode("utf-8", "replace")


def _breakable(text: str) -> Markup:
    """The text, which a browser may break after an underscore as at a space."""
    return escape(text).replace("_", Markup("_<wbr>"))


def _heading(down: int, total: int) -> str:
    targets = "target" if total == 1 else "targets"
    if not total:
        return "No targets"
    if not down:
        return f"{total:,} {targets}, none down"
    return f"{down:,} of {total:,} {targets} {'is' if down == 1 else 'are'} down"


def _colour(worst: Attention | None) -> str:
    """The colour of the page's icon, by the most pressing finding on it."""
    if worst is None:
        return "8894a4"
    if worst in _RED:
        return "d92d20"
    return "2e9e63" if worst in (Attention.OK, Attention.WAITING) else "e08600"


def _css(attention: Attention) -> str:
    return attention.value.replace(" ", "-")


def _iso(moment: float) -> str:
    try:
        return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, OSError, ValueError):
        return ""


def _clock(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _width(ratio: float) -> str:
    """The width of a bar in percent, from 0 to 100."""
    return f"{min(max(ratio, 0.0), 1.0) * 100:.1f}"


def _states(states: frozenset[State] | None) -> list[State]:
    return [state for state in State if state in (states or ())]


def _yes_no(flag: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[flag]


def _pool_facts(pool: Pool) -> Iterator[tuple[str, str]]:
    """What else is known of a pool, as name and text."""
    amounts = {
        "available": pool.available,
        "over by": pool.overage,
        "peak": pool.peak_used,
        "assigned": pool.assignments,
        "reserved": pool.reserved,
        "queued": pool.queued,
        "borrowed": pool.borrowed,
        "checkouts": pool.checkouts,
        "users": pool.users,
        "denied": sum(pool.denials.values()) if pool.denials else None,
        **{f"{kind} limit": value for kind, value in pool.thresholds.items()},
        **{state.replace("_", " "): value for state, value in pool.units.items()},
    }
    for name, value in amounts.items():
        if value is not None:
            yield name, human.amount(value, "" if name in _COUNTS else pool.unit)
    if pool.window:
        since = f" since {human.date(pool.window_start)}" if pool.window_start is not None else ""
        yield "counted by", pool.window + since
    if pool.parent:
        yield "part of", pool.parent
    if pool.license not in ("", "default"):
        yield "license", pool.license


def _license_facts(license: License) -> Iterator[tuple[str, str]]:
    """What else is known of a license, as name and text."""
    texts = {
        "customer": license.customer,
        "edition": license.edition,
        "policy": license.policy,
        "current": _yes_no(license.current),
        "trial": _yes_no(license.trial),
        "from": human.date(license.start),
        "created": human.date(license.created),
        "updated": human.date(license.updated),
        "validated": human.date(license.validated),
        **{kind.replace("_", " "): human.until(date) for kind, date in license.deadlines.items()},
    }
    yield from ((name, text) for name, text in texts.items() if text)
    if license.grace_period is not None:
        yield "grace after expiry", human.span(license.grace_period)
    if license.grace_usage_ratio is not None:
        yield "grace over the limit", human.percent(license.grace_usage_ratio)
