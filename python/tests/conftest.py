"""What the tests share: the project's own packs, tables and invented persons."""

import json
from pathlib import Path

import pytest

import longma

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
AT = "2022-07-15T12:00:00+08:00"
WINDOW = ("2022-06-01T00:00:00+08:00", "2022-12-01T00:00:00+08:00")
DECISIONS = ["code", "validity", "gold"]
TABLES = ["risk_areas", "exposures", "holidays", "fire_orders"]


@pytest.fixture(scope="session")
def rules():
    return RULES


@pytest.fixture(scope="session")
def catalogue():
    tables = {name: RULES / f"reference/{name}.sample.csv" for name in TABLES}
    return longma.Catalogue(RULES, tables)


def samples(subject="person"):
    """The documents about one kind of subject among the samples, those with a problem left out."""
    index = json.loads((RULES / "samples/index.json").read_text())
    for entry in index:
        if entry["subject"] == subject and "problems" not in entry:
            yield json.loads((RULES / "samples" / entry["file"]).read_text())


@pytest.fixture(scope="session")
def persons():
    """A few hundred persons: each sample, and each sample with one section taken away or
    emptied, so that unknown and empty both occur."""
    lines = (RULES / "samples/people.ndjson").read_text().splitlines()
    whole = list(samples()) + [json.loads(line) for line in lines if line.strip()]
    out = []
    for document in whole:
        out.append(document)
        for name in ["tests", "stays", "contacts", "issuance", "vaccinations"]:
            if name in document:
                out.append({key: value for key, value in document.items() if key != name})
                out.append({**document, name: []})
    return out


@pytest.fixture(scope="session")
def table(catalogue, persons):
    return catalogue.convert(json.dumps(person, ensure_ascii=False) for person in persons)
