"""What the judge of a day finds wrong: without this, a soak that finds nothing says nothing."""

import pytest

from tests.soak.day.figures import DayFigures, thirds
from tests.soak.day.judge import TEXT, Judge
from tests.soak.day.replica import Look

SCRAPE = """\
# HELP license_up It is up.
# TYPE license_up gauge
license_up{target="file-csv",vendor="soak"} 1.0
license_up{target="program-failing",vendor="soak"} 0.0
license_scrape_error{document="answer",reason="server",target="program-failing",vendor="soak"} 1.0
license_used{pool="feature0",target="file-csv",unit="licenses",vendor="soak"} 3.0
license_limit{pool="feature0",target="file-csv",unit="licenses",vendor="soak"} 103.0
"""


def judged(text):
    judge = Judge(["file-csv", "program-failing"], {"program-failing": "server"}, ["s3cret-value"])
    assert list(judge.scrape(0, SCRAPE, TEXT)) == []
    assert list(judge.shares()) == []
    return list(judge.scrape(0, text, TEXT))


@pytest.mark.parametrize(
    ("now", "then", "problem"),
    [
        ('soak"} 1.0', 'soak"} one', "not the line of an exposition"),
        ('soak"} 1.0', 'soak"} 0.0', "file-csv is down: none told"),
        ('reason="server"', 'reason="internal"', "program-failing is down: internal"),
        ("} 3.0", "} 4.0", "file-csv has values of more than one answer"),
        ('target="file-csv",vendor', 'target="other",vendor', "not every target of the shard"),
        ("It is up.", "s3cret-value", "a scrape holds a secret"),
    ],
)
def test_what_is_wrong_with_a_scrape_is_told(now, then, problem):
    problems = judged(SCRAPE.replace(now, then, 1))
    assert any(told.startswith(problem) for told in problems), problems


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/pools.csv", "pool,used\na,1,2\n"),
        ("/renewals.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
        ("/sd", "[]"),
        ("/config", "targets: []"),
        ("/probe?target=x", "license_up 1\n"),
        ("/renewals", "<html>"),
        ("/-/metrics", "s3cret-value"),
    ],
)
def test_a_page_that_is_not_what_it_says_to_be_is_told(path, text):
    assert list(Judge([], {}, ["s3cret-value"]).page(path, text))


@pytest.mark.parametrize(("what", "by"), [("memory", 2**20), ("files", 1), ("children", 1)])
def test_what_grows_from_the_middle_third_to_the_last_breaks_a_bound(what, by):
    flat = {"memory": 10**8, "files": 10, "children": 0}
    looks = [Look(**flat | {what: flat[what] + by * number}) for number in range(60)]
    figures = DayFigures(1, replicas=[thirds(looks)])
    assert figures.broken == [f"{what} of replica 0 has grown too much"]
    assert DayFigures(1, replicas=[thirds(looks[:1] * 60)]).broken == []
