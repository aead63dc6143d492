"""A long run of Schemathesis: ``python -m tests.serving.contract.long [examples per operation and phase]``."""

import os
import sys

import pytest

DEFAULT = "200"


def main() -> int:
    """Run the same test with more examples, and show how many requests were sent and what was found."""
    os.environ["TRIAGE_SCHEMATHESIS_EXAMPLES"] = sys.argv[1] if len(sys.argv) > 1 else DEFAULT
    return pytest.main(["tests/serving/contract/test_schemathesis.py", "-p", "no:xdist", "-rP"])


if __name__ == "__main__":
    sys.exit(main())
