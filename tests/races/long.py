"""A long walk of the machine of controls and decisions: ``python -m tests.races.long [ways of forty steps]``."""

import os
import sys

import pytest

DEFAULT = "300"


def main() -> int:
    """Run the same test along other ways, by chance, and show how many steps were taken and where they led."""
    os.environ["TRIAGE_MACHINE_WAYS"] = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    return pytest.main(["tests/races/test_controls_machine.py", "-p", "no:xdist", "-rP", "--timeout=0"])


if __name__ == "__main__":
    sys.exit(main())
