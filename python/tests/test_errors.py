"""Errors name the place, what was expected and what to do."""

import json
import re
from datetime import date, datetime

import pyarrow as pa
import pytest
from conftest import AT, RULES
from test_decide import cast

import longma


def raises(error, *words):
    """Expects an error whose message has all of `words`."""
    pattern = "".join(f"(?=[\\s\\S]*{re.escape(word)})" for word in words)
    return pytest.raises(error, match=f"^{pattern}")


QUESTIONS = [
    (dict(at=datetime(2022, 7, 15, 12)), ["at:", "no time zone", "ZoneInfo"]),
    (dict(at="2022-07-15T12:00:00"), ["at:", "2022-07-15T12:00:00", "+08:00"]),
    (dict(at="yesterday"), ["at:", "yesterday", "2022-07-15T12:00:00+08:00"]),
    (dict(at=date(2022, 7, 15)), ["at:", "datetime.date", "time zone"]),
    (dict(at=1657857600), ["at:", "int"]),
    (dict(at="2022-07-15T12:00:00.5+08:00"), ["fraction"]),
    (dict(at=None), ["at:", "window"]),
    (dict(at=[]), ["at:", "window"]),
    (dict(window=(AT, AT)), ["window:", "earlier"]),
    (dict(window=AT), ["window:", "two instants"]),
    (dict(window=(datetime(2022, 7, 1), AT)), ["window:", "no time zone"]),
    (dict(tell="segments"), ["window:", "segments"]),
    (dict(tell="segment", window=(None, AT)), ["tell:", "did you mean `segments`?"]),
    (dict(tell=3), ["tell:", "list of texts", "int"]),
    (dict(decisions=[]), ["decisions:", "none"]),
    (dict(decisions=["code", "code"]), ["decisions:", "`code`", "twice"]),
    (dict(decisions=["colour"]), ["colour", "code"]),
    (dict(decisions=[1]), ["decisions:", "texts"]),
    (dict(subject="persn"), ["subject:", "`persn`", "person"]),
    (dict(region="Gansu"), ["region:", "`Gansu`", "620102"]),
    (dict(keep=["county"]), ["keep:", "`county`", "tests"]),
    (dict(keep=["tests", "tests"]), ["keep:", "twice"]),
]


@pytest.mark.parametrize("wrong, words", QUESTIONS, ids=lambda it: str(it)[:60])
def test_a_wrong_question_is_told(catalogue, table, wrong, words):
    asked = {"decisions": ["code"], "at": AT, **wrong}
    with raises(longma.QuestionError, *words):
        catalogue.decide(table, **asked)


def test_a_column_that_is_called_as_a_decision_cannot_be_kept(catalogue, table):
    facts = table.append_column("code", pa.array(["x"] * len(table)))
    with raises(longma.QuestionError, "keep:", "`code`", "rename"):
        catalogue.decide(facts, "code", AT, keep="code")


def test_what_has_no_columns_is_no_table(catalogue):
    for facts in [[{"tests": []}], None, "facts.parquet"]:
        with raises(TypeError, "facts:", "pyarrow"):
            catalogue.decide(facts, "code", AT)
    with pytest.raises(TypeError):
        catalogue.decide(pa.array([1, 2]), "code", AT)


def change(table, old, new):
    return cast(table, lambda kind: new if old(kind) else kind)


def test_columns_of_other_types_are_all_told(catalogue, table):
    naive = change(table, pa.types.is_timestamp, pa.timestamp("ms"))
    words = ["tests.sampled_at", "timestamp[ms, tz=UTC]", "found timestamp[ms];", "zone"]
    with raises(longma.FactsError, *words, "stays.arrived", "issuance.issued_at"):
        catalogue.decide(naive, "code", AT)
    with raises(longma.FactsError, *words):
        catalogue.explain(naive, 0, "code", AT)
    floats = table.drop_columns(["tests"]).append_column(
        "tests", pa.array([[{"pool_size": 1.5}]] * len(table))
    )
    with raises(longma.FactsError, "tests.pool_size", "int64", "double", "cast"):
        catalogue.decide(floats, "code", AT)
    flat = table.drop_columns(["tests"]).append_column("tests", pa.array([1] * len(table)))
    with raises(longma.FactsError, "`tests`", "list<", "found int64"):
        catalogue.decide(flat, "code", AT)


def test_a_stream_tells_columns_of_other_types_when_it_is_read(catalogue, table):
    naive = change(table, pa.types.is_timestamp, pa.timestamp("ms"))
    reader = catalogue.reader(naive, "code", AT)
    with raises(Exception, "tests.sampled_at", "timestamp[ms, tz=UTC]"):
        reader.read_all()


def test_slips_in_names_are_told(catalogue, table):
    names = ["testz" if it == "tests" else it for it in table.schema.names]
    with raises(longma.FactsError, "`testz`", "did you mean `tests`?"):
        catalogue.decide(table.rename_columns(names), "code", AT)
    rows = pa.array([[{"methud": "antigen"}]] * len(table))
    facts = table.drop_columns(["tests"]).append_column("tests", rows)
    with raises(longma.FactsError, "tests.methud", "did you mean `method`?"):
        catalogue.decide(facts, "code", AT)
    with raises(longma.FactsError, "`tests`", "twice"):
        catalogue.decide(table.append_column("tests", table["tests"]), "code", AT)


def test_facts_that_break_off_are_told(catalogue, table):
    def batches():
        yield table.to_batches()[0]
        raise OSError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(table.schema, batches())
    with raises(longma.FactsError, "to their end", "the disk is gone"):
        catalogue.decide(reader, "code", AT)


def replaced(table, name, array):
    return table.set_column(table.schema.get_field_index(name), name, array)


def test_arrays_whose_parts_do_not_belong_together(catalogue, table):
    """What libraries in C can hand over, and no safe call of PyArrow makes."""
    table = table.slice(0, 3).combine_chunks()
    broken = "to their end"
    items = table["tests"].chunk(0).values
    offsets = pa.array([0, 5000, 1, 2], pa.int32())
    lists = pa.ListArray.from_arrays(offsets, items)
    with raises(longma.FactsError, broken, "do not belong together"):
        catalogue.decide(replaced(table, "tests", lists), "code", AT)
    keys = pa.array([0, 99, 0], pa.int32())
    subject = pa.DictionaryArray.from_arrays(keys, pa.array(["person"]), safe=False)
    with raises(longma.FactsError, broken, "99"):
        catalogue.decide(replaced(table, "subject", subject), "code", AT)
    ends = b"".join(at.to_bytes(4, "little") for at in range(4))
    latin = pa.Array.from_buffers(pa.string(), 3, [None, pa.py_buffer(ends), pa.py_buffer(b"\xe9" * 3)])
    with raises(longma.FactsError, broken, "UTF8"):
        catalogue.decide(replaced(table, "subject", latin), "code", AT)


def test_numbers_that_overflow_are_odd_and_make_nobody_green(catalogue, table):
    rows = table.to_pylist()
    many = next(at for at, row in enumerate(rows) if row["tests"])
    rows[many]["tests"][0]["pool_size"] = 2**64 - 1
    unsigned = cast(
        table, lambda kind: pa.uint64() if pa.types.is_int64(kind) else kind
    ).schema
    facts = pa.Table.from_pylist(rows, schema=unsigned)
    level = catalogue.decide(facts, "code", AT)["code"][many].as_py()["level"]
    assert level != "green"


def test_a_row_that_is_not_there(catalogue, table):
    with pytest.raises(IndexError, match="row 100000"):
        catalogue.explain(table, 100_000, "code", AT)
    with pytest.raises(OverflowError):
        catalogue.explain(table, -1, "code", AT)


def test_documents_that_cannot_be_read(catalogue, persons):
    good = json.dumps(persons[0])
    with raises(longma.FactsError, "line 2") as caught:
        catalogue.convert([good, "{"])
    assert caught.value.problems[0]["severity"] == "error"
    spoiled = json.loads(good)
    spoiled["tests"] = [{"method": "astrology"}]
    with pytest.warns(longma.FactsWarning, match="line 1[\\s\\S]*/tests/0"):
        table = catalogue.convert(json.dumps(spoiled))
    assert table["tests"].null_count == 1
    with raises(longma.FactsError, "lines:", "int"):
        catalogue.convert([1])


def test_packs_that_are_not_there(tmp_path):
    with raises(FileNotFoundError, "nowhere.longma"):
        longma.Catalogue("nowhere.longma")
    with raises(longma.PacksError, str(tmp_path), "no pack"):
        longma.Catalogue(tmp_path)
    damaged = tmp_path / "rules.longma"
    damaged.write_bytes(b"longma\n" + bytes(40))
    with raises(longma.PacksError, "rules.longma", "version") as caught:
        longma.Catalogue(damaged)
    assert caught.value.problems[0]["code"].startswith("packed-")
    damaged.write_bytes(b"\xff\xfe\x00")
    with raises(longma.PacksError, "longma bundle"):
        longma.Catalogue(damaged)


def test_packs_with_mistakes_are_told_with_their_places(tmp_path):
    import shutil

    rules = tmp_path / "rules"
    shutil.copytree(RULES / "schema", rules / "schema")
    shutil.copytree(RULES / "reference", rules / "reference")
    pack = "packs/6201/fares-2024-07-01"
    shutil.copytree(RULES / pack, rules / pack)
    assert len(longma.Catalogue(rules).packs()) == 1
    assert len(longma.Catalogue(rules / "packs").packs()) == 1
    manifest = rules / pack / "pack.toml"
    manifest.write_text(manifest.read_text().replace("version   = ", "versoin = "))
    with raises(longma.PacksError, f"{pack}/pack.toml", "versoin") as caught:
        longma.Catalogue(rules)
    assert caught.value.problems[0]["place"]["file"] == f"{pack}/pack.toml"
    script = rules / pack / "fare.rhai"
    manifest.write_text(manifest.read_text().replace("versoin = ", "version = "))
    script.write_text(script.read_text().replace("cards.filter(", "cards.fliter(", 1))
    with raises(longma.PacksError, "fare.rhai", "fliter"):
        longma.Catalogue(rules)


def test_tables_that_do_not_fit(tmp_path):
    areas = tmp_path / "areas.csv"
    areas.write_text("province,city\nx\n")
    with raises(longma.TablesError, "risk_areas", "areas.csv"):
        longma.Catalogue(RULES, {"risk_areas": areas})
    with raises(longma.TablesError, "risk_aeras", "risk_areas"):
        longma.Catalogue(RULES, {"risk_aeras": RULES / "reference/risk_areas.sample.csv"})
    with raises(FileNotFoundError, "none.csv"):
        longma.Catalogue(RULES, {"risk_areas": tmp_path / "none.csv"})


def test_all_errors_are_one_kind():
    for error in [
        longma.PacksError,
        longma.TablesError,
        longma.QuestionError,
        longma.FactsError,
    ]:
        assert issubclass(error, longma.LongmaError) and issubclass(error, ValueError)
