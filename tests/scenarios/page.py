"""The page docs/scenarios.md, made of the scenarios' own words: titles, stories and the sentences that hold.

Run ``python -m tests.scenarios.page > docs/scenarios.md``.
"""

import ast
import re
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "scenarios.md"
ORDER = (
    "contract_amendment", "partial_billing", "credit_and_rebill", "intercompany_mirror", "multi_currency",
    "duplicate_event", "out_of_order_event", "back_dated_record", "erp_outage", "milestone_schedule", "late_timesheet",
    "tax_check", "month_end_spike",
)  # fmt: skip
INTRODUCTION = """# Scenarios

What the service does when those things go wrong that go wrong in a billing department. Each scenario is a story of HTTP
calls against the service on PostgreSQL, told in `tests/scenarios`: records are sent, invoices scored, cases decided,
callbacks delivered. Every sentence below is a test. Each story ends with every one of its scores made again, byte for
byte, and the audit log verified. This page is made of them: `python -m tests.scenarios.page > docs/scenarios.md`.
"""
_NAMES = re.compile("january|february|december")


def page() -> str:
    """The whole page."""
    return "\n".join((INTRODUCTION, *(_scenario(name) for name in ORDER)))


def _scenario(scenario: str) -> str:
    file = Path(__file__).parent / f"test_{scenario}.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    title, _, story = (ast.get_docstring(tree) or "").partition("\n\n")
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return "\n".join((f"## {title}", "", story, "", *(f"- {_sentence(test)}" for test in tests), ""))


def _sentence(test: ast.FunctionDef) -> str:
    words = _NAMES.sub(lambda found: found[0].capitalize(), test.name.removeprefix("test_").replace("_", " "))
    fails = any("xfail" in ast.unparse(decorator) for decorator in test.decorator_list)
    return f"{words[0].upper()}{words[1:]}.{' (Not yet.)' if fails else ''}"


if __name__ == "__main__":
    sys.stdout.write(page())
