from license_exporter.errors import Reason
from license_exporter.web.status.remedies import REMEDIES


def test_every_reason_has_a_meaning_and_an_action() -> None:
    assert set(REMEDIES) == set(Reason)
    for remedy in REMEDIES.values():
        assert remedy.meaning[0].isupper()
        assert not remedy.meaning.endswith(".")
        assert remedy.action.endswith(".")
