"""Answers `../asked.mjs`: a request for each line of standard input, an answer for each of
standard output. All persons of a request are one vector.
"""

import json
import sys
from datetime import datetime
from time import perf_counter

import numpy
from openfisca_core.simulations import SimulationBuilder

import policy

FOREVER = 2**31 - 1  # OpenFisca's whole numbers have 32 bits.
CONTACTS = {"close": policy.CLOSE, "time_space": policy.COMPANION}
PRODUCTS = {
    "CoronaVac": policy.INACTIVATED,
    "BBIBP-CorV": policy.INACTIVATED,
    "WIBP-CorV": policy.INACTIVATED,
    "Convidecia": policy.VECTOR,
    "ZF2001": policy.RECOMBINANT,
}
# Instants are numbers here, so one period does for all of them.
PERIOD = "2022-07-15"
CODES = ("green", "yellow", "red")


def seconds(text):
    return int(datetime.fromisoformat(text).timestamp())


def end(text):
    return FOREVER if text is None else seconds(text)


def records(person):
    """What decides about a person: kind, begin, end, and from when it counts."""
    for it in person["overrides"]:
        begins = seconds(it["from"])
        yield policy.SET_RED if it["level"] == "red" else policy.SET_YELLOW, begins, seconds(it["until"]), begins
    for it in person["diagnoses"]:
        begins = seconds(it["diagnosed_at"])
        yield policy.DIAGNOSIS, begins, end(it.get("resolved_at") or it.get("discharged_at")), begins
    for it in person["contacts"]:
        begins = seconds(it["last_contact" if it["kind"] == "close" else "identified_at"])
        yield CONTACTS.get(it["kind"], policy.OTHER), begins, end(it.get("released_at")), begins
    for it in person["stays"]:
        begins = seconds(it["arrived"])
        yield policy.KEY_AREA if it.get("key_area") else policy.OTHER, begins, end(it.get("left")), begins
    for it in person["tests"]:
        kind = policy.OTHER
        if it["result"] == "positive":
            kind = policy.POSITIVE
        elif it["result"] == "negative" and it["method"] == "nucleic_acid":
            kind = policy.NEGATIVE
        yield kind, seconds(it["sampled_at"]), FOREVER, seconds(it["reported_at"])
    for it in person["issuance"]:
        begins = seconds(it["issued_at"])
        yield policy.ISSUE, begins, FOREVER, begins
    for it in person["vaccinations"]:
        begins = seconds(it["at"] + "T00:00:00+08:00")
        yield PRODUCTS.get(it["product"], policy.OTHER), begins, FOREVER, begins


def decided(system, persons, nows):
    """The code, validity and gold of each of `persons`, JSON texts, each at its instant."""
    rows, whose = [], []
    for index, text in enumerate(persons):
        # A record that decides nothing, since OpenFisca has no empty groups.
        rows.append((policy.OTHER, 0, 0, 0))
        before = len(rows) - 1
        rows.extend(records(json.loads(text)))
        whose.extend([index] * (len(rows) - before))
    table = numpy.array(rows, dtype=numpy.int32)
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("record", numpy.arange(len(rows)))
    group = builder.declare_entity("person", numpy.arange(len(persons)))
    # The constructor for many groups looks their order up again, which is known here.
    group.members_entity_id = numpy.array(whose)
    group.members_role = numpy.array([group.entity.flattened_roles[0]] * len(rows))
    simulation = builder.build(system)
    for column, name in enumerate(("kind", "begins", "ends", "known")):
        simulation.set_input(name, PERIOD, table[:, column])
    simulation.set_input("now", PERIOD, numpy.array(nows, dtype=numpy.int32))
    code, validity, gold = (simulation.calculate(name, PERIOD) for name in ("code", "validity", "gold"))
    return [
        (CODES[c], "valid" if v else "invalid", "gold" if g else "none") for c, v, g in zip(code, validity, gold)
    ]


def main():
    system = policy.system()
    sets = {}
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        if "keep" in request:
            sets[request["keep"]] = request["persons"]
        elif "rounds" in request:
            persons = sets[request["of"]]
            nows = [request["now"]] * len(persons)
            begun = perf_counter()
            for _ in range(request["rounds"]):
                decided(system, persons, nows)
            answer["seconds"] = perf_counter() - begun
        else:
            answer["answers"] = decided(system, request["persons"], request["nows"])
        print(json.dumps(answer), flush=True)


main()
