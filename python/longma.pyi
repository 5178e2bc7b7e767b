"""Decides statuses of whole populations by rule packs: Arrow columns in, Arrow columns out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias, final

import pyarrow as pa

class _ArrowStream(Protocol):
    """What offers batches: tables and readers of pyarrow, frames of polars and pandas."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _ArrowArray(Protocol):
    """What offers one batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _DaftFrame(Protocol):
    """What becomes a table of pyarrow."""

    def to_arrow(self) -> pa.Table: ...

_Facts: TypeAlias = _ArrowStream | _ArrowArray | _DaftFrame
"""Facts as columns. `Catalogue.schema` says which."""

_Instant: TypeAlias = datetime | str
"""A datetime with a time zone, or RFC 3339 with an offset."""

_Window: TypeAlias = tuple[_Instant | None, _Instant | None]
"""From the first instant until before the second; `None` is an open end."""

_Tell: TypeAlias = Literal["segments", "causes", "seconds"]

__all__ = [
    "Catalogue",
    "FactsError",
    "FactsWarning",
    "LongmaError",
    "PacksError",
    "QuestionError",
    "TablesError",
    "__version__",
]

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

@final
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
        at: _Instant | Sequence[_Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: _Window | None = None,
    ) -> list[str]:
        """The columns that deciding reads: no others have to be loaded."""

    def decide(
        self,
        facts: _Facts,
        decisions: str | Iterable[str],
        at: _Instant | Sequence[_Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: _Window | None = None,
        tell: _Tell | Iterable[_Tell] | None = None,
        keep: str | Iterable[str] | None = None,
        threads: int = 1,
    ) -> pa.Table:
        """Decides about everybody in a table. Raises QuestionError and FactsError."""

    def reader(
        self,
        facts: _Facts,
        decisions: str | Iterable[str],
        at: _Instant | Sequence[_Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: _Window | None = None,
        tell: _Tell | Iterable[_Tell] | None = None,
        keep: str | Iterable[str] | None = None,
        threads: int = 1,
    ) -> pa.RecordBatchReader:
        """Like `decide`, batch by batch as it is read."""

    def document(self, facts: _Facts, row: int, *, subject: str = "person") -> dict[str, Any]:
        """The document that a row of facts stands for."""

    def explain(
        self,
        facts: _Facts,
        row: int,
        decisions: str | Iterable[str],
        at: _Instant | Sequence[_Instant] | None = None,
        *,
        subject: str = "person",
        region: str | None = None,
        window: _Window | None = None,
    ) -> dict[str, Any]:
        """Why a row's levels are what they are, by the engine that decides one document at a
        time."""

    def convert(self, lines: str | bytes | Iterable[str | bytes], subject: str = "person") -> pa.Table:
        """Documents, as lines of JSON, as columns. Raises FactsError, warns FactsWarning."""
