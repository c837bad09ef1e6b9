"""The invented past that pictures are drawn from: it must look like what the exporter serves."""

from prometheus_client.parser import text_string_to_metric_families

from grafana.history.exposition import exposition
from grafana.history.series import DAY
from tests.promql import exported

END = 1_795_000_000.0


def test_a_piece_of_history_is_an_exposition_of_known_metrics_and_labels():
    *lines, last = exposition(END - 3 * DAY, END, DAY / 4)
    assert last == "# EOF\n"
    known = exported()
    found = set()
    for family in text_string_to_metric_families("".join(lines)):
        for sample in family.samples:
            assert sample.labels.keys() <= known[sample.name], sample.name
            found.add(sample.labels.get("target"))
    assert len(found - {None}) == 10


def test_every_series_is_given_whole_and_in_the_order_of_time():
    times: dict[str, list[float]] = {}
    names = []
    for line in exposition(END - DAY, END, DAY / 4):
        if line.startswith("#"):
            continue
        series, _, time = line.rsplit(" ", 2)
        if series not in times:
            names.append(series.partition("{")[0])
        times.setdefault(series, []).append(float(time))
    assert all(of == sorted(of) for of in times.values())
    assert names == sorted(names)
