"""All key figures, in the order in which boards show them."""

from typing import Final

from serving.boards.kpi import Kpi
from serving.boards.kpis.billing import BILLING
from serving.boards.kpis.cash import CASH
from serving.boards.kpis.exceptions import EXCEPTIONS
from serving.boards.kpis.people import PEOPLE

KPIS: Final[dict[str, Kpi]] = {kpi.id: kpi for kpi in (*EXCEPTIONS, *BILLING, *CASH, *PEOPLE)}
GROUPS: Final[tuple[str, ...]] = tuple(dict.fromkeys(kpi.group for kpi in KPIS.values()))
