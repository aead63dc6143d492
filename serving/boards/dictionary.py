"""The definitions in docs/boards.md. Run ``triage kpis --docs`` to print them."""

from serving.boards.kpi import Kpi
from serving.boards.registry import GROUPS, KPIS


def definitions() -> str:
    """Every key figure with its exact rule, as Markdown."""
    parts = []
    for group in GROUPS:
        parts += [f"### {group}", ""]
        parts += [line for kpi in KPIS.values() if kpi.group == group for line in _definition(kpi)]
    return "\n".join(parts)


def _definition(kpi: Kpi) -> list[str]:
    told = [
        f"- Formula: {kpi.formula}",
        f"- Counts: {kpi.counts}",
        *([f"- Among: {kpi.among}"] if kpi.among else []),
        f"- Unit: {kpi.unit}; better: {kpi.better}" + (f"; own breakdown: {kpi.own[0].lower()}" if kpi.own else ""),
        f"- How it misleads: {kpi.misleads}",
    ]
    return [f"**{kpi.title}** (`{kpi.id}`). {kpi.definition}", "", *told, ""]
