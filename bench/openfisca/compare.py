"""Longma beside OpenFisca: one policy, the same persons, both from columns in memory.

The policy is the one of `bench/peers`: `longma/packs` there for Longma, `openfisca/policy.py`
for OpenFisca. Both decide code, validity and gold; every answer is compared before anything
is timed. Run as the README beside this file says.
"""

import argparse
import os
import platform
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from time import process_time

import numpy
import pyarrow as pa

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
sys.path.insert(0, str(PEERS / "openfisca"))

import policy  # noqa: E402
from openfisca_core.simulations import SimulationBuilder  # noqa: E402

import longma  # noqa: E402

AT = "2022-07-15T12:00:00+08:00"
NOW = int(datetime.fromisoformat(AT).timestamp())
HOUR, DAY = 3600, 24 * 3600
FOREVER = 2**31 - 1  # OpenFisca's whole numbers have 32 bits.
DECISIONS = ["code", "validity", "gold"]
LEVELS = {"code": ["green", "yellow", "red"], "validity": ["invalid", "valid"], "gold": ["none", "gold"]}
UTC = pa.timestamp("s", tz="UTC")
PRODUCTS = ["CoronaVac", "Convidecia", "ZF2001"]
KINDS = numpy.array([policy.INACTIVATED, policy.VECTOR, policy.RECOMBINANT])

# Persons a hundred, and how many records of each section such a person has at most.
MIX = [
    ("nothing recorded", 70, {}),
    ("a code and a test", 20, {"issuance": 1, "tests": 1}),
    ("some records", 8, {"issuance": 1, "tests": 4, "stays": 2, "vaccinations": 3}),
    ("many records", 2, {"issuance": 2, "tests": 12, "stays": 6, "contacts": 2, "vaccinations": 3, "diagnoses": 1}),
]
TYPICAL = {"issuance": 1, "tests": 12, "stays": 6, "contacts": 2, "vaccinations": 3}
SECTIONS = ["issuance", "tests", "stays", "contacts", "vaccinations", "diagnoses"]


class Persons:
    """Invented persons as plain columns, from which both sides are given theirs."""

    def __init__(self, count, is_mixed, seed=17):
        self.count = count
        draw = numpy.random.default_rng(seed)
        most = {name: numpy.full(count, TYPICAL.get(name, 0)) for name in SECTIONS}
        if is_mixed:
            group = draw.choice(len(MIX), count, p=[share / 100 for _, share, _ in MIX])
            for name in SECTIONS:
                most[name] = numpy.array([of.get(name, 0) for _, _, of in MIX])[group]
        self.sections = {}
        for name in SECTIONS:
            # A typical person has exactly as many as is said, the others as many at most.
            counts = draw.integers(0, most[name] + 1) if is_mixed else most[name]
            whose = numpy.repeat(numpy.arange(count), counts)
            # The number of the record among its person's.
            first = numpy.repeat(numpy.cumsum(counts) - counts, counts)
            self.sections[name] = self.invented(name, draw, counts, whose, numpy.arange(len(whose)) - first)

    def invented(self, name, draw, counts, whose, number):
        rows = len(whose)

        def hours_ago(least, most):
            return NOW - draw.integers(least * HOUR, most * HOUR, rows)

        def often(chance):
            return draw.random(rows) < chance

        made = {"counts": counts, "whose": whose, "number": number}
        if name == "issuance":
            made["issued_at"] = hours_ago(0, 72) - number * 72 * HOUR
        elif name == "tests":
            # Half a day for each, so that no two are of the same time.
            made["sampled_at"] = hours_ago(6, 17) - number * 12 * HOUR
            made["reported_at"] = made["sampled_at"] + draw.integers(2 * HOUR, 20 * HOUR, rows)
            made["nucleic"] = often(0.9)
            made["positive"] = often(0.01)
        elif name == "stays":
            made["arrived"] = hours_ago(24, 200) - number * 240 * HOUR
            made["left"] = made["arrived"] + draw.integers(1 * HOUR, 24 * HOUR, rows)
            made["key_area"] = often(0.05)
        elif name == "contacts":
            made["last_contact"] = hours_ago(24, 400) - number * 400 * HOUR
            made["identified_at"] = made["last_contact"] + draw.integers(0, 24 * HOUR, rows)
            made["close"] = often(0.3)
        elif name == "vaccinations":
            day = (NOW + 8 * HOUR) // DAY - draw.integers(1, 100, rows) - number * 100
            made["at"] = day
            made["product"] = numpy.repeat(draw.integers(0, len(PRODUCTS), len(counts)), counts)
        elif name == "diagnoses":
            made["diagnosed_at"] = hours_ago(24, 2000)
            made["is_resolved"] = often(0.7)
            made["resolved_at"] = made["diagnosed_at"] + draw.integers(1 * DAY, 20 * DAY, rows)
        return made

    def table(self, schema):
        """The persons as Longma's columns."""

        def times(values, mask=None):
            return pa.array(values, pa.int64(), mask=mask).cast(UTC)

        def one_of(names, which):
            return pa.DictionaryArray.from_arrays(numpy.asarray(which).astype(numpy.int32), names)

        def rows(name, members):
            counts = self.sections[name]["counts"]
            offsets = numpy.concatenate([[0], numpy.cumsum(counts)]).astype(numpy.int32)
            items = pa.StructArray.from_arrays(list(members.values()), names=list(members))
            return pa.ListArray.from_arrays(pa.array(offsets), items)

        of = self.sections
        numbers = {name: it["number"] for name, it in of.items()}
        columns = {
            "issuance": rows("issuance", {"issued_at": times(of["issuance"]["issued_at"])}),
            "tests": rows("tests", {
                "method": one_of(["antigen", "nucleic_acid"], of["tests"]["nucleic"]),
                "sampled_at": times(of["tests"]["sampled_at"]),
                "reported_at": times(of["tests"]["reported_at"]),
                "result": one_of(["negative", "positive"], of["tests"]["positive"]),
                "pool_size": pa.array(numpy.ones(len(numbers["tests"]), numpy.int64)),
            }),
            "stays": rows("stays", {
                "province": one_of(["甘肃省"], numbers["stays"] * 0),
                "city": one_of(["兰州市"], numbers["stays"] * 0),
                "community": one_of(["虚构小区"], numbers["stays"] * 0),
                "arrived": times(of["stays"]["arrived"]),
                "left": times(of["stays"]["left"]),
                "key_area": pa.array(of["stays"]["key_area"]),
            }),
            "contacts": rows("contacts", {
                "kind": one_of(["time_space", "close"], of["contacts"]["close"]),
                "last_contact": times(of["contacts"]["last_contact"]),
                "identified_at": times(of["contacts"]["identified_at"]),
            }),
            "vaccinations": rows("vaccinations", {
                "product": one_of(PRODUCTS, of["vaccinations"]["product"]),
                "dose": pa.array(3 - numbers["vaccinations"]),
                "at": pa.array(of["vaccinations"]["at"], pa.int32()).cast(pa.date32()),
            }),
            "diagnoses": rows("diagnoses", {
                "kind": one_of(["confirmed"], numbers["diagnoses"] * 0),
                "diagnosed_at": times(of["diagnoses"]["diagnosed_at"]),
                "resolved_at": times(of["diagnoses"]["resolved_at"], ~of["diagnoses"]["is_resolved"]),
            }),
        }
        overrides = schema.field("overrides").type
        columns["overrides"] = pa.array([[]] * self.count, overrides)
        return pa.table(columns)

    def records(self):
        """The persons as OpenFisca's vectors: kind, begin, end, from when it counts, whose."""
        of = self.sections
        parts = []

        def add(name, kind, begins, ends=FOREVER, known=None):
            rows = len(of[name]["whose"])
            full = [numpy.broadcast_to(it, rows) for it in (kind, begins, ends, begins if known is None else known)]
            parts.append([*full, of[name]["whose"]])

        # A record that decides nothing, since OpenFisca has no empty groups.
        everybody = numpy.arange(self.count)
        parts.append([everybody * 0, everybody * 0, everybody * 0, everybody * 0, everybody])
        add("issuance", policy.ISSUE, of["issuance"]["issued_at"])
        tests = of["tests"]
        negative = numpy.where(tests["nucleic"], policy.NEGATIVE, policy.OTHER)
        kind = numpy.where(tests["positive"], policy.POSITIVE, negative)
        add("tests", kind, tests["sampled_at"], known=tests["reported_at"])
        stays = of["stays"]
        add("stays", numpy.where(stays["key_area"], policy.KEY_AREA, policy.OTHER), stays["arrived"], stays["left"])
        contacts = of["contacts"]
        begins = numpy.where(contacts["close"], contacts["last_contact"], contacts["identified_at"])
        add("contacts", numpy.where(contacts["close"], policy.CLOSE, policy.COMPANION), begins)
        doses = of["vaccinations"]
        add("vaccinations", KINDS[doses["product"]], doses["at"] * DAY - 8 * HOUR)
        ill = of["diagnoses"]
        ends = numpy.where(ill["is_resolved"], ill["resolved_at"], FOREVER)
        add("diagnoses", policy.DIAGNOSIS, ill["diagnosed_at"], ends)
        return [numpy.concatenate(column).astype(numpy.int32) for column in zip(*parts)]


def catalogue():
    """The packs of the comparison, with the project's schemas beside them."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(PEERS / "longma/packs", Path(folder) / "packs")
        os.symlink(HERE.parents[1] / "rules/schema", Path(folder) / "schema")
        return longma.Catalogue(folder)


def by_longma(packs, table):
    return packs.decide(table, DECISIONS, AT, region="620102")


def by_openfisca(system, count, records):
    kind, begins, ends, known, whose = records
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("record", numpy.arange(len(kind)))
    group = builder.declare_entity("person", numpy.arange(count))
    # The constructor for many groups looks their order up again, which is known here.
    group.members_entity_id = whose
    group.members_role = numpy.full(len(kind), group.entity.flattened_roles[0])
    simulation = builder.build(system)
    period = "2022-07-15"
    for name, column in [("kind", kind), ("begins", begins), ("ends", ends), ("known", known)]:
        simulation.set_input(name, period, column)
    simulation.set_input("now", period, numpy.full(count, NOW, numpy.int32))
    return {name: simulation.calculate(name, period) for name in DECISIONS}


def agree(theirs, ours):
    """Stops unless every level of every person is the same; counts the levels."""
    counted = []
    for name in DECISIONS:
        levels = ours[name].combine_chunks().field("level").cast(pa.string()).to_numpy(zero_copy_only=False)
        expected = numpy.array(LEVELS[name], object)[theirs[name].astype(int)]
        differ = numpy.flatnonzero(levels != expected)
        if len(differ):
            row = int(differ[0])
            raise SystemExit(
                f"{len(differ)} persons have another {name}; the first is row {row}: "
                f"Longma says {levels[row]}, OpenFisca {expected[row]}"
            )
        counted += [f"{int((expected == level).sum()):,} {level}" for level in LEVELS[name]]
    return ", ".join(counted)


def measured(name, count, is_mixed, rounds):
    packs, system = catalogue(), policy.system()
    persons = Persons(count, is_mixed)
    table, records = persons.table(packs.schema()), persons.records()
    told = agree(by_openfisca(system, count, records), by_longma(packs, table))
    times = {"longma": [], "openfisca": []}
    # Both have one thread. Processor time leaves out what else the machine does, and they take
    # turns, so that what it does to caches and clocks meets both.
    for _ in range(rounds):
        begun = process_time()
        by_longma(packs, table)
        between = process_time()
        by_openfisca(system, count, persons.records())
        times["longma"].append(between - begun)
        times["openfisca"].append(process_time() - between)
    rates = {who: count / numpy.median(took) for who, took in times.items()}
    best = {who: count / min(took) for who, took in times.items()}
    print(f"\n{name}: {count:,} persons, {len(records[0]) - count:,} records, {rounds} rounds, processor time")
    print(f"  all answers agree: {told}")
    for who in times:
        print(f"  {who:<10} {rates[who]:>12,.0f} persons/s (median)   {best[who]:>12,.0f} (best)")
    print(f"  ratio      {rates['longma'] / rates['openfisca']:>12.2f} (of medians) {best['longma'] / best['openfisca']:>12.2f} (of bests)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    load = ", ".join(f"{it:.1f}" for it in os.getloadavg())
    print(f"Python {platform.python_version()}, longma {longma.__version__}, load of the machine {load}")
    for name, is_mixed in [("typical persons", False), ("realistic mix", True)]:
        measured(name, given.persons, is_mixed, given.rounds)


main()
