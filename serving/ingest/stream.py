"""Many records in one request, a line each: taken in blocks, each durable, with memory for one block only."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool

from serving.contract.twins import name_given_twice
from serving.ingest.reading import Doubled, Reader
from serving.ingest.schemas import MOST_RECORDS, RecordResult, RecordsResponse, result_out
from serving.ingest.service import Fate, Result, take
from serving.problems import Invalid
from serving.state import ServingState

BLOCK_LINES = 500
LONGEST_LINE = 1_000_000


@dataclass
class Tally:
    """Counts of what became of records, and the first that were not accepted."""

    counts: Counter[Fate] = field(default_factory=Counter)
    told: list[RecordResult] = field(default_factory=list)
    lines: int = 0

    def add(self, results: list[Result]) -> None:
        """Count a block."""
        for index, result in enumerate(results, start=self.lines):
            self.counts[result.fate] += 1
            if result.fate is not Fate.ACCEPTED and len(self.told) < MOST_RECORDS:
                self.told.append(result_out(index, result, below=""))
        self.lines += len(results)

    def response(self, results: list[RecordResult] | None = None) -> RecordsResponse:
        """The counts as published; with the results given, or those that were kept."""
        return RecordsResponse(
            accepted=self.counts[Fate.ACCEPTED],
            duplicates=self.counts[Fate.DUPLICATE],
            conflicts=self.counts[Fate.CONFLICT],
            quarantined=self.counts[Fate.QUARANTINED],
            results=self.told if results is None else results,
        )


@dataclass(frozen=True)
class Sender:
    """Who sends, and whether they may say that a record was known earlier."""

    principal_id: str
    may_backdate: bool


async def take_lines(state: ServingState, chunks: AsyncIterator[bytes], sender: Sender) -> RecordsResponse:
    """Take a stream of JSON lines, block by block; the next block is read when the last one is on disk.

    Raises ``Invalid`` for a line that is longer than ``LONGEST_LINE`` bytes; the blocks before it stay.
    """
    tally, block = Tally(), list[bytes]()
    async for line in _lines(chunks):
        block.append(line)
        if len(block) == BLOCK_LINES:
            tally.add(await run_in_threadpool(_take_block, state, block, sender))
            block = []
    if block:
        tally.add(await run_in_threadpool(_take_block, state, block, sender))
    return tally.response()


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise Invalid(f"a line is longer than {LONGEST_LINE} bytes; the lines before it were taken")
        for line in whole:
            if line.strip():
                yield line
    if rest.strip():
        yield rest


def _take_block(state: ServingState, lines: list[bytes], sender: Sender) -> list[Result]:
    reader = Reader(state.clock(), may_backdate=sender.may_backdate)
    with state.engine.begin() as connection:
        return take(connection, [_parsed(line) for line in lines], reader, sender=sender.principal_id)


def _parsed(line: bytes) -> Any:
    try:
        twice = name_given_twice(line)
        return orjson.loads(line) if twice is None else Doubled(line.decode(), twice)
    except orjson.JSONDecodeError:
        return line.decode("utf-8", "surrogateescape")
