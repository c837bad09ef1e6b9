"""What was bought by which contract: its terms, its days and its price."""

from grafana.boards.planning.money import AT_LIMIT, AT_USE
from grafana.parts import queries as q
from grafana.parts.panels import Panel
from grafana.parts.style import DAY, DAYS_LEFT
from grafana.parts.tables import Column, Rows, grid

_CONTRACT = "vendor, target, contract"
_INFO = "license_contract_info"
_TERMS = f"{_CONTRACT}, owner, supplier, reference, auto_renew, term"

_SAME = "on (job, target, vendor, contract)"
_NOTICE = q.value("license_contract_notice_timestamp_seconds")


def contracts() -> Panel:
    ends = q.by(_CONTRACT, q.contract_ends())
    notice = q.by(_CONTRACT, f"{_NOTICE} + 86400")
    told = q.value(_INFO)
    # The contract's own owner, else the target's.
    own = q.value(_INFO, 'owner!=""')
    others = q.with_owner(q.value(_INFO, 'owner=""'))
    untold = f"({q.with_owner(q.contract_ends())}) unless {_SAME} {told}"

    def priced(price: str) -> str:
        return f"sum by ({_CONTRACT}, currency) ({price})"

    return grid(
        "Contracts, the next end first",
        "Each contract with an end: who decides, from whom it is, the last days for notice and of"
        " the contract itself, whether it goes on by itself, and its price a year.",
        {
            "terms": q.by(_TERMS, f"{own} or {others} or {untold}"),
            "notice": q.last_day(notice),
            "date": q.last_day(ends),
            "days": f"({ends} - time()) / 86400",
            "use": priced(AT_USE),
            "limit": priced(AT_LIMIT),
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("contract", "Contract"),
            Column("supplier", "Supplier"),
            Column("reference", "Reference"),
            Column("auto_renew", "Renews by itself", width=130),
            Column("term", "Term", width=70),
            Column("notice", "Notice until", unit=DAY, width=110),
            Column("date", "Last day", unit=DAY, width=110),
            Column("days", "In days", decimals=0, steps=DAYS_LEFT, width=90),
            Column("use", "At today's use", unit="locale", decimals=0, width=115),
            Column("limit", "At the limit", unit="locale", decimals=0, width=105),
            Column("currency", "Currency", width=80),
        ],
        hidden=["vendor"],
        sort="In days",
        descending=False,
        no_data="No target has a contract: with an end.",
        height=9,
        rows=Rows(
            q.by(_CONTRACT, q.owned(q.contract_ends())),
            _CONTRACT,
            told_in="supplier",
            lowest=True,
        ),
    )
