import gzip
import math
import subprocess
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.utils import floatToGoString

from license_exporter.exposition import families
from license_exporter.exposition.compression import Chunk, gzip_parts
from license_exporter.exposition.families import FAMILIES, Family
from license_exporter.exposition.rendering import render
from license_exporter.exposition.text import (
    Blocks,
    Samples,
    encode,
    encode_single,
    go_float,
    with_former,
)

_texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from('\\"\n\r\t{}=, #\ufffd')))
_values = st.one_of(
    st.floats(),
    st.integers(min_value=-(2**1000), max_value=2**1000),
    st.integers(min_value=-(10**17), max_value=10**17).map(float),
    st.sampled_from([math.inf, -math.inf, math.nan, -0.0, 1e6, 999999.5, 1e16, 1e15, 2**53 + 1]),
)


_counts = st.integers(min_value=0, max_value=10**17).map(float)


def _rows(family: Family) -> st.SearchStrategy[dict[tuple[str, ...], float]]:
    labels = st.tuples(*[_texts] * len(family.labels))
    return st.dictionaries(labels, _values if family.type == "gauge" else _counts, max_size=4)


_samples = st.fixed_dictionaries({}, optional={family: _rows(family) for family in FAMILIES})


def _scalars(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= rune <= "\udfff" else rune for rune in text)


def _text(chunks: list[Chunk]) -> bytes:
    return b"".join(chunk.text for chunk in chunks)


class _Collector:
    """The same samples as families of the client library."""

    def __init__(self, samples: Samples, *common: str) -> None:
        self._samples = samples
        self._common = tuple(map(_scalars, common))

    def collect(self) -> list[Metric]:
        return [self._metric(family) for family in FAMILIES if self._samples.get(family)]

    def _metric(self, family: Family) -> Metric:
        common = ("target", "vendor") if family.of_target else ()
        kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
        metric = kind(family.name, family.help, labels=(*common, *family.labels))
        for labels, value in self._samples[family].items():
            metric.add_metric((*self._common[: len(common)], *map(_scalars, labels)), value)
        return metric


@given(_values)
@example(1e6)
@example(1234567.0)
@example(1234567.25)
@example(9999999999999998.0)
def test_values_are_written_as_the_client_library_writes_them(value: float) -> None:
    assert go_float(value) == floatToGoString(value)


@given(_samples, _texts, _texts)
def test_both_formats_are_byte_for_byte_those_of_the_client_library(
    samples: Samples, target: str, vendor: str
) -> None:
    blocks = [encode(samples, target, vendor)]
    collector = _Collector(samples, target, vendor)

    assert _text(render(blocks, openmetrics=False)) == generate_latest(collector)
    assert _text(render(blocks, openmetrics=True)) == generate_openmetrics(collector)


@given(_samples)
def test_both_parsers_of_the_client_library_read_every_sample(samples: Samples) -> None:
    blocks = [encode(samples, "target", "vendor")]
    expected = sum(map(len, samples.values()))

    for parse, openmetrics in ((parse_text, False), (parse_openmetrics, True)):
        text = _text(render(blocks, openmetrics=openmetrics)).decode()
        assert sum(len(family.samples) for family in parse(text)) == expected


def test_surrogates_become_the_replacement_character() -> None:
    blocks = encode({families.USED: {("a\ud800b\udfff", "users"): 1.0}}, "t", "v")

    text = _text(render([blocks], openmetrics=False)).decode()

    assert 'pool="a\ufffdb\ufffd"' in text


def test_a_family_of_many_targets_stands_once_in_the_order_of_the_table() -> None:
    first = encode({families.UP: {(): 1.0}, families.USED: {("p", "u"): 5.0}}, "first", "v")
    second = encode({families.USED: {("p", "u"): 6.0}, families.UP: {(): 0.0}}, "second", "v")

    lines = _text(render([first, second], openmetrics=False)).decode().splitlines()

    assert [line for line in lines if not line.startswith("# HELP")] == [
        "# TYPE license_up gauge",
        'license_up{target="first",vendor="v"} 1.0',
        'license_up{target="second",vendor="v"} 0.0',
        "# TYPE license_used gauge",
        'license_used{pool="p",target="first",unit="u",vendor="v"} 5.0',
        'license_used{pool="p",target="second",unit="u",vendor="v"} 6.0',
    ]


def test_own_labels_of_a_target_are_sorted_among_the_others() -> None:
    family = Family("license_target_info", "", ("product", "team", "a"))

    blocks = encode({family: {("P", "identity", "x"): 1.0}}, "t", "v")

    assert blocks["license_target_info"] == (
        b'license_target_info{a="x",product="P",target="t",team="identity",vendor="v"} 1.0\n',
    )


@pytest.mark.parametrize("openmetrics", [False, True])
def test_the_metrics_of_a_registry_follow_the_families(openmetrics: bool) -> None:
    registry = CollectorRegistry()
    Gauge("license_exporter_targets", "Targets.", registry=registry).set(2)
    own = (generate_openmetrics if openmetrics else generate_latest)(registry)

    text = _text(
        render([encode({families.UP: {(): 1.0}}, "t", "v")], own, openmetrics=openmetrics)
    ).decode()

    parse = parse_openmetrics if openmetrics else parse_text
    names = [family.name for family in parse(text)]
    assert names == ["license_up", "license_exporter_targets"]
    assert text.count("# EOF\n") == openmetrics


def test_nothing_to_expose_is_an_empty_exposition_in_both_formats() -> None:
    assert _text(render([], openmetrics=False)) == b""
    assert _text(render([], openmetrics=True)) == b"# EOF\n"


def test_blocks_that_are_compressed_as_they_are_written_have_the_same_text() -> None:
    rows = {("p\\q", "bytes", f'host-"{n}"', "server"): float(n) for n in range(10_000)}
    samples: Samples = {families.UP: {(): 1.0}, families.LOCATION_USED: rows}
    plain = encode(samples, "t", "v")
    compressed = encode(samples, "t", "v", compressed=True)
    assert compressed.keys() == plain.keys()
    assert _text(render([compressed], openmetrics=True)) == _text(render([plain], openmetrics=True))


@pytest.mark.parametrize("value", [0.0, 1, True, 0.25, 1e6, 1700000000.5, math.inf, math.nan])
@pytest.mark.parametrize("name", ["t", 'a"b\\c\nd', "ü"])
def test_single_samples_are_written_as_all_others_are(name: str, value: float) -> None:
    values = {families.UP: value, families.SCRAPE_DURATION: value}
    samples: Samples = {family: {(): value} for family, value in values.items()}
    assert encode_single(values, name, "v") == encode(samples, name, "v")


def test_a_family_without_rows_is_left_out() -> None:
    assert encode({families.LOCATION_USED: {}}, "t", "v") == {}


def test_the_samples_of_a_big_answer_are_compressed_once_whatever_stands_around_them() -> None:
    rows = {("p", "bytes", f"host-{n}", "server"): float(n) for n in range(20_000)}
    big = encode({families.LOCATION_USED: rows, families.LOCATIONS: {(): 20_000.0}}, "big", "v")

    first = render([big], openmetrics=False)
    small = encode({families.LOCATION_USED: {("p", "bytes", "h", ""): 1.0}}, "small", "v")
    second = render([small, big], openmetrics=True)

    assert gzip.decompress(b"".join(gzip_parts(first))) == _text(first)
    assert all(len(chunk) for chunk in first)
    for chunks in (first, second):
        lines = _text(chunks).splitlines()
        assert lines.count(b"# TYPE license_location_used gauge") == 1
        assert lines.count(b"# TYPE license_locations gauge") == 1
    kept = big["license_location_used"]
    assert len(kept) > 1
    assert [chunk for chunk in second if chunk in kept] == list(kept)
    assert gzip.decompress(b"".join(gzip_parts(second))) == _text(second)


@pytest.mark.e2e
def test_promtool_finds_nothing_to_complain_of() -> None:
    samples = {family: {tuple("x" for _ in family.labels): 1.0} for family in FAMILIES}

    text = _text(render([encode(samples, "t", "v")], openmetrics=False))

    promtool = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, timeout=30, check=False
    )
    assert (promtool.returncode, promtool.stderr.decode()) == (0, "")


_few_families = st.dictionaries(
    st.sampled_from([families.USED, families.UP, families.ENTITLEMENT_GRANTED]),
    st.dictionaries(st.text(max_size=1), st.one_of(st.floats(), st.integers(-3, 3)), max_size=40),
)


def _labelled(rows: dict[str, float], family: Family) -> dict[tuple[str, ...], float]:
    return {(text,) * len(family.labels): value for text, value in rows.items()}


@given(st.lists(_few_families, max_size=4), _texts)
def test_what_stays_the_same_is_written_as_if_it_were_new(answers: list[Any], name: str) -> None:
    former: Blocks = {}
    for answer in answers:
        samples = {family: _labelled(rows, family) for family, rows in answer.items()}
        new = encode(samples, name, "acme")
        former = with_former(new, former)
        assert _text(render([former], openmetrics=True)) == _text(render([new], openmetrics=True))


def test_the_block_of_a_family_whose_lines_stay_the_same_stands() -> None:
    limits = {(str(number), "users"): -0.0 for number in range(32)}
    samples: Samples = {families.USED: {("seats", "users"): -0.0}, families.LIMIT: limits}
    first = encode(samples, "a", "b")
    new = encode({**samples, families.USED: {("seats", "users"): 0.0}}, "a", "b")
    again = with_former(new, first)
    assert again == new
    assert again["license_limit"] is first["license_limit"]
    assert again["license_used"] == (
        b'license_used{pool="seats",target="a",unit="users",vendor="b"} 0.0\n',
    )
    assert with_former(encode({families.UP: {(): 1.0}}, "a", "b"), first).keys() == {"license_up"}
