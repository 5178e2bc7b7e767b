"""Decides statuses of whole populations by rule packs: Arrow columns in, Arrow columns out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias

import pyarrow as pa

class ArrowStream(Protocol):
    """What offers batches: tables and readers of pyarrow, frames of polars and pandas."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class ArrowArray(Protocol):
    """What offers one batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class DaftFrame(Protocol):
    """What becomes a table of pyarrow."""

    def to_arrow(self) -> pa.Table: ...

Facts: TypeAlias = ArrowStream | ArrowArray | DaftFrame
"""Facts as columns. `Catalogue.schema` says which."""

Instant: TypeAlias = datetime | str
"""A datetime with a time zone, or RFC 3339 with an offset."""

Window: TypeAlias = tuple[Instant | None, Instant | None]
"""From the first instant until before the second; `None` is an open end."""

Tell: TypeAlias = Literal["segments", "causes", "seconds"]

__version__: str

class LongmaError(ValueError):
    """What all errors of this module are."""

    problems: list[dict[str, Any]]
    """What is wrong: code, message, place, expected, found and help of each. Only there where
    packs, tables or documents have problems."""

class PacksError(LongmaError):
    """The rule packs cannot be read, or are not sound."""

class TablesError(LongmaError):
    """A reference table cannot be read."""

class QuestionError(LongmaError):
    """What is asked cannot be asked of these packs."""

class FactsError(LongmaError):
    """The facts are not in the columns that the schema asks for."""

class FactsWarning(UserWarning):
    """A part of a document was left out and is not known."""

class Catalogue:
    """Rule packs and reference tables, ready to decide. Threads may share it."""

    def __new__(
        cls,
        packs: str | PathLike[str],
        tables: Mapping[str, str | PathLike[str]] | None = None,
    ) -> Catalogue: ...
    def packs(self) -> list[dict[str, Any]]:
        """The packs, sorted by region, series and date."""

    def decisions(self) -> dict[str, list[str]]:
        """The decisions of all packs, by kind of subject."""

    def schema(
        self, subject: str = "person", sections: str | Iterable[str] | None = None
    ) -> pa.Schema:
        """The columns of facts about a kind of subject."""

    def sections(
        self,
        decisions: str | Iterable[str],
        at: Instant | Sequence[Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: Window | None = None,
    ) -> list[str]:
        """The columns that deciding reads: no others have to be loaded."""

    def decide(
        self,
        facts: Facts,
        decisions: str | Iterable[str],
        at: Instant | Sequence[Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: Window | None = None,
        tell: Tell | Iterable[Tell] | None = None,
        keep: str | Iterable[str] | None = None,
        threads: int = 1,
    ) -> pa.Table:
        """Decides about everybody in a table. Raises QuestionError and FactsError."""

    def reader(
        self,
        facts: Facts,
        decisions: str | Iterable[str],
        at: Instant | Sequence[Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: Window | None = None,
        tell: Tell | Iterable[Tell] | None = None,
        keep: str | Iterable[str] | None = None,
        threads: int = 1,
    ) -> pa.RecordBatchReader:
        """Like `decide`, batch by batch as it is read."""

    def document(self, facts: Facts, row: int, *, subject: str = "person") -> dict[str, Any]:
        """The document that a row of facts stands for."""

    def explain(
        self,
        facts: Facts,
        row: int,
        decisions: str | Iterable[str],
        at: Instant | Sequence[Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: Window | None = None,
    ) -> dict[str, Any]:
        """Why a row's levels are what they are, by the engine that decides one document at a
        time."""

    def convert(self, lines: str | bytes | Iterable[str | bytes], subject: str = "person") -> pa.Table:
        """Documents, as lines of JSON, as columns. Raises FactsError, warns FactsWarning."""
