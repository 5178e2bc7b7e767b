"""Deciding in columns is deciding one by one, however the columns are laid out."""

import gc
import json
import threading
from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from conftest import AT, DECISIONS, RULES, WINDOW

import longma


def seconds(stamp):
    return None if stamp is None else int(datetime.fromisoformat(stamp).timestamp())


def unix(value):
    return None if value is None else int(value.timestamp())


def hold(row, explained):
    """Holds a row of outcomes to the outcome of the engine that decides documents."""
    for name in DECISIONS:
        told = row[name]
        if name not in explained["decisions"]:
            assert told["level"] == "unknown"
            continue
        outcome = explained["decisions"][name]
        status = outcome["status"]
        assert told["level"] == status["level"]
        assert told["at_least"] == status["at_least"]
        segments = [
            (seconds(it["from"]), seconds(it["until"]), it["level"], it["at_least"])
            for it in outcome["timeline"]
        ]
        assert segments == [
            (unix(it["from"]), unix(it["until"]), it["level"], it["at_least"])
            for it in told["segments"]
        ]
        assert sum(told["seconds"].values()) == seconds(WINDOW[1]) - seconds(WINDOW[0])
        causes = [
            (outcome["rules"][it["rule"]]["rule"], it["level"], seconds(it["from"]))
            for it in outcome["causes"]
        ]
        assert causes == [(it["rule"], it["level"], unix(it["from"])) for it in told["causes"]]


@pytest.fixture(scope="module")
def expected(catalogue, table):
    return [
        catalogue.explain(table, row, DECISIONS, AT, window=WINDOW) for row in range(len(table))
    ]


def decide(catalogue, facts, **more):
    tell = ["segments", "causes", "seconds"]
    return catalogue.decide(facts, DECISIONS, AT, window=WINDOW, tell=tell, **more)


def test_every_row_agrees_with_the_engine_that_explains_it(catalogue, table, expected):
    assert len(table) > 300
    outcomes = decide(catalogue, table).to_pylist()
    assert len(outcomes) == len(table)
    levels = set()
    for row, explained in zip(outcomes, expected, strict=True):
        assert row["refused"] is None
        hold(row, explained)
        levels.add(row["code"]["level"])
    assert levels == {"green", "yellow", "red", "unknown"}


def test_explained_are_the_documents_that_the_columns_were_made_from(catalogue, table, persons):
    for row, person in enumerate(persons[:40]):
        document = catalogue.document(table, row)
        assert document.keys() == person.keys()
        again = catalogue.convert([json.dumps(document)])
        assert again.to_pylist() == table.slice(row, 1).to_pylist()


def pieces(table):
    """The same rows in several chunks, some of them empty."""
    cuts = [0, 0, 1, 7, 100, len(table)]
    parts = [table.slice(a, b - a) for a, b in zip(cuts, cuts[1:], strict=False)]
    return pa.concat_tables(parts)


def inside(table):
    """The same rows from the middle of a larger table."""
    return pa.concat_tables([table, table, table]).combine_chunks().slice(len(table), len(table))


def retyped(kind, change):
    """A type, with `change` applied to it and to all that it is made of."""
    if pa.types.is_struct(kind):
        members = [kind.field(at) for at in range(kind.num_fields)]
        kind = pa.struct([it.with_type(retyped(it.type, change)) for it in members])
    elif pa.types.is_list(kind):
        kind = pa.list_(retyped(kind.value_type, change))
    return change(kind)


def cast(table, change):
    fields = [it.with_type(retyped(it.type, change)) for it in table.schema]
    # PyArrow casts the parts of nested columns one by one only from plain Python values.
    return pa.Table.from_pylist(table.to_pylist(), schema=pa.schema(fields))


def large(table):
    def change(kind):
        if pa.types.is_list(kind):
            return pa.large_list(kind.value_type)
        return pa.large_string() if pa.types.is_string(kind) else kind

    return cast(table, change)


def views(table):
    return cast(table, lambda kind: pa.string_view() if pa.types.is_string(kind) else kind)


def plain(table):
    """Texts where the mapping writes dictionaries."""
    return cast(table, lambda kind: pa.string() if pa.types.is_dictionary(kind) else kind)


def encoded(table):
    """Dictionaries where the mapping writes texts, with narrow keys."""
    narrow = pa.dictionary(pa.int16(), pa.string())
    return cast(table, lambda kind: narrow if pa.types.is_string(kind) else kind)


def elsewhere(table):
    """Instants in another unit and zone."""
    there = pa.timestamp("us", tz="America/New_York")
    return cast(table, lambda kind: there if pa.types.is_timestamp(kind) else kind)


def more(table):
    """Columns that the schema does not have."""
    return table.append_column("county", pa.array(["a"] * len(table)))


LAYOUTS = [pieces, inside, large, views, plain, encoded, elsewhere, more]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda it: it.__name__)
def test_how_columns_are_laid_out_changes_nothing(catalogue, table, layout):
    assert decide(catalogue, layout(table)).to_pylist() == decide(catalogue, table).to_pylist()


def test_batches_readers_and_threads_change_nothing(catalogue, table):
    whole = decide(catalogue, table)
    batches = table.to_batches(max_chunksize=50)
    reader = pa.RecordBatchReader.from_batches(table.schema, batches)
    assert decide(catalogue, reader).to_pylist() == whole.to_pylist()
    each = [decide(catalogue, batch) for batch in batches]
    assert pa.concat_tables(each).to_pylist() == whole.to_pylist()
    many = pa.concat_tables([table] * 3)
    assert decide(catalogue, many, threads=4).to_pylist() == whole.to_pylist() * 3
    lazy = catalogue.reader(table, DECISIONS, AT, threads=2).read_all()
    assert lazy.equals(catalogue.decide(table, DECISIONS, AT))


def test_a_reader_made_by_python_is_read_while_python_runs(catalogue, table):
    """Batches come from a generator of Python, which needs the interpreter that deciding has
    released."""
    asked = []

    def batches():
        for batch in table.to_batches(max_chunksize=100):
            asked.append(len(batch))
            yield batch

    reader = pa.RecordBatchReader.from_batches(table.schema, batches())
    outcomes = catalogue.reader(reader, "code", AT)
    assert asked == []
    first = outcomes.read_next_batch()
    assert len(first) == 100 and len(asked) == 1
    assert len(outcomes.read_all()) == len(table) - 100


def test_other_threads_run_while_it_decides(catalogue, table):
    """The interpreter is free while it decides: without that, no thread would get to add one."""
    large = pa.concat_tables([table] * 40).combine_chunks()
    done, counted = threading.Event(), [0, 0]

    def count():
        while not done.is_set():
            counted[0] += 1

    counter = threading.Thread(target=count)
    counter.start()
    before = counted[0]
    decide(catalogue, large)
    counted[1] = counted[0] - before
    done.set()
    counter.join()
    assert counted[1] > 1000


def test_outcomes_outlive_what_they_were_decided_from(catalogue, table):
    outcomes = decide(catalogue, pa.concat_tables([table] * 2), keep=["subject"])
    before = outcomes.to_pylist()
    gc.collect()
    assert outcomes.to_pylist() == before


def test_an_empty_table_has_the_columns_of_any_other(catalogue, table):
    assert decide(catalogue, table.slice(0, 0)).schema == decide(catalogue, table).schema
    assert len(catalogue.decide(catalogue.schema().empty_table(), ["code"], AT)) == 0


def test_only_the_sections_that_are_read_are_needed(catalogue, table):
    sections = catalogue.sections(["code"], AT)
    assert "vaccinations" not in sections and "tests" in sections
    assert catalogue.decide(table.select(sections), "code", AT).equals(
        catalogue.decide(table, "code", AT)
    )
    assert catalogue.schema(sections=sections).names == [
        name for name in table.schema.names if name in sections
    ]


def test_what_nobody_says_the_question_says(catalogue, table):
    """A table is about one kind of subject, which the question names."""
    whole = catalogue.decide(table, "code", AT)
    facts = table.drop_columns(["subject"])
    assert catalogue.decide(facts, "code", AT).equals(whole)
    assert catalogue.explain(facts, 0, "code", AT) == catalogue.explain(table, 0, "code", AT)


def test_a_region_for_all_needs_no_identity(catalogue, table):
    assert "identity" in catalogue.sections("code", AT)
    assert "identity" not in catalogue.sections("code", AT, region="620102")
    facts = table.drop_columns(["identity"])
    levels = catalogue.decide(facts, "code", AT, region="620102")["code"].combine_chunks()
    assert "green" in levels.field("level").to_pylist()
    # Without either, nothing is decided about anybody.
    refused = catalogue.decide(facts, "code", AT)
    assert refused["refused"].null_count == 0
    assert set(refused["refused"].to_pylist()) == {"region-missing /identity/region"}
    assert refused["code"].combine_chunks().field("level").null_count == len(facts)


def test_kept_columns_come_first(catalogue, table):
    facts = more(table)
    outcomes = catalogue.decide(facts, "code", AT, keep=["county", "subject"])
    assert outcomes.schema.names == ["county", "subject", "code", "refused"]
    assert outcomes["county"].to_pylist() == facts["county"].to_pylist()


def test_several_instants(catalogue, table):
    at = [AT, "2022-08-15T12:00:00+08:00"]
    both = catalogue.decide(table, "code", at)["code"].combine_chunks()
    for place, instant in enumerate(at):
        one = catalogue.decide(table, "code", instant)["code"].combine_chunks()
        levels = [row[place] for row in both.field("levels").to_pylist()]
        assert levels == one.field("level").to_pylist()


def test_a_datetime_is_the_instant_that_it_is(catalogue, table):
    text = catalogue.decide(table, "code", AT)
    china = timezone(timedelta(hours=8))
    for value in [
        datetime(2022, 7, 15, 12, tzinfo=china),
        datetime(2022, 7, 15, 4, tzinfo=timezone.utc),
    ]:
        assert catalogue.decide(table, "code", value).equals(text)


def test_without_its_table_a_decision_is_unknown_and_nobody_is_green(table):
    bare = longma.Catalogue(RULES)
    levels = bare.decide(table, "code", AT)["code"].combine_chunks().field("level")
    found = set(levels.to_pylist())
    assert "green" not in found and "unknown" in found


def test_sections_that_are_missing_or_null_make_nobody_green(catalogue, table):
    for gone in ["tests", "stays", "contacts"]:
        kind = table.schema.field(gone).type
        nothing = pa.nulls(len(table), kind)
        at = table.schema.get_field_index(gone)
        for facts in [
            table.drop_columns([gone]),
            table.set_column(at, gone, nothing),
            table.set_column(at, gone, pa.nulls(len(table))),
        ]:
            levels = catalogue.decide(facts, "code", AT)["code"].combine_chunks().field("level")
            assert "green" not in levels.to_pylist()


def test_a_value_that_nobody_has_makes_its_section_unknown(catalogue, table):
    """One person's odd value is no matter of the others."""
    rows = table.to_pylist()
    spoiled = next(at for at, row in enumerate(rows) if row["tests"])
    facts = pa.Table.from_pylist(rows, schema=plain(table).schema).to_pylist()
    facts[spoiled]["tests"][0]["method"] = "astrology"
    facts = pa.Table.from_pylist(facts, schema=plain(table).schema)
    before = catalogue.decide(table, "code", AT)["code"].to_pylist()
    after = catalogue.decide(facts, "code", AT)["code"].to_pylist()
    assert after[spoiled]["level"] in {"unknown", "red"}
    assert [a for at, a in enumerate(after) if at != spoiled] == [
        b for at, b in enumerate(before) if at != spoiled
    ]
    told = catalogue.explain(facts, spoiled, "code", AT)
    assert any("/tests/0/method" in str(it) for it in told["problems"])


def test_a_person_who_says_to_be_something_else_is_refused(catalogue, table):
    rows = plain(table).to_pylist()
    rows[3]["subject"] = "clinic"
    outcomes = catalogue.decide(pa.Table.from_pylist(rows, schema=plain(table).schema), "code", AT)
    refused = outcomes["refused"].to_pylist()
    assert refused[3] == "facts-enum /subject" and refused.count(None) == len(rows) - 1
    assert outcomes["code"][3].as_py()["level"] is None


@pytest.mark.parametrize("subject", ["passenger", "area", "venue", "clinic", "forest_visitor"])
def test_other_kinds_of_subject(catalogue, subject):
    from conftest import samples

    documents = list(samples(subject))
    facts = catalogue.convert([json.dumps(it) for it in documents], subject)
    decisions = catalogue.decisions()[subject]
    at = "2026-11-28T11:00:00+08:00"
    outcomes = catalogue.decide(facts, decisions, at, subject=subject).to_pylist()
    for row, told in enumerate(outcomes):
        explained = catalogue.explain(facts, row, decisions, at, subject=subject)
        for name, outcome in explained["decisions"].items():
            assert told[name]["level"] == outcome["status"]["level"]


def test_polars_pandas_and_daft_frames_are_tables(catalogue, table):
    expected = catalogue.decide(table, DECISIONS, AT).to_pylist()
    polars = pytest.importorskip("polars")
    # Polars reads a null list of structs as it is written.
    assert catalogue.decide(polars.from_arrow(table), DECISIONS, AT).to_pylist() == expected
    back = polars.from_arrow(catalogue.decide(table, DECISIONS, AT))
    counted = back.select(polars.col("code").struct.field("level")).to_series().to_list()
    assert counted == [row["code"]["level"] for row in expected]


def test_pandas_frames_are_tables(catalogue, table):
    pandas = pytest.importorskip("pandas")
    arrow = table.to_pandas(types_mapper=pandas.ArrowDtype)
    outcomes = catalogue.decide(arrow, DECISIONS, AT)
    assert outcomes.to_pylist() == catalogue.decide(table, DECISIONS, AT).to_pylist()
    frame = outcomes.to_pandas()
    assert frame["code"].map(lambda it: it["level"]).tolist() == pc.struct_field(
        outcomes["code"], "level"
    ).to_pylist()


def test_daft_frames_are_tables(catalogue, table):
    daft = pytest.importorskip("daft")
    frame = daft.from_arrow(plain(table))
    outcomes = catalogue.decide(frame, DECISIONS, AT)
    assert outcomes.to_pylist() == catalogue.decide(table, DECISIONS, AT).to_pylist()
