"""The policy in OpenFisca: a person is a group, and its records are the members.

Times are seconds since the Unix epoch, as numbers: OpenFisca's own periods end at the day,
and a decision within a day needs more.
"""

from numpy import maximum, where

from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

HOUR = 3600
DAY = 24 * HOUR
# What a record is; `OTHER` decides nothing.
(OTHER, SET_RED, SET_YELLOW, DIAGNOSIS, CLOSE, COMPANION, KEY_AREA, POSITIVE, NEGATIVE, ISSUE,
 INACTIVATED, VECTOR, RECOMBINANT) = range(13)
GREEN, YELLOW, RED = range(3)

Record = build_entity(key="record", plural="records", label="A record", is_person=True)
Person = build_entity(
    key="person", plural="people", label="A person", roles=[{"key": "member", "label": "Record"}]
)


def given(name, label):
    """A fact about a record."""
    parts = {"value_type": int, "entity": Record, "definition_period": DateUnit.DAY, "label": label}
    return type(name, (Variable,), parts)


kind = given("kind", "What it is")
begins = given("begins", "Diagnosed, contacted, identified, arrived, sampled, issued or vaccinated")
ends = given("ends", "Resolved, released or left")
known = given("known", "When it counts from: for a test, when it was reported")


class now(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.DAY
    label = "The instant that is asked about"


class reported(Variable):
    value_type = bool
    entity = Record
    definition_period = DateUnit.DAY
    label = "It counts by now"

    def formula(record, period):
        return record("known", period) <= record.person("now", period)


class negative(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.DAY
    label = "When the latest negative test was sampled"

    def formula(person, period):
        counts = person.members("reported", period) & (person.members("kind", period) == NEGATIVE)
        # The largest of no members is minus infinity.
        return maximum(person.max(where(counts, person.members("begins", period), 0)), 0)


class level(Variable):
    value_type = int
    entity = Record
    definition_period = DateUnit.DAY
    label = "The colour that the record causes"

    def formula(record, period):
        kind, begins, ends = (record(name, period) for name in ("kind", "begins", "ends"))
        now, negative = (record.person(name, period) for name in ("now", "negative"))
        lasts = now < ends
        red = (
            (((kind == SET_RED) | (kind == DIAGNOSIS)) & lasts)
            | ((kind == CLOSE) & lasts & (now < begins + 7 * DAY))
            | ((kind == POSITIVE) & (negative <= begins))
        )
        yellow = (
            ((kind == SET_YELLOW) & lasts)
            | ((kind == COMPANION) & lasts & (negative < begins))
            | ((kind == KEY_AREA) & (negative < ends))
        )
        return record("reported", period) * where(red, RED, where(yellow, YELLOW, GREEN))


class code(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.DAY
    label = "The colour"

    def formula(person, period):
        levels = person.members("level", period)
        return where(person.any(levels == RED), RED, where(person.any(levels == YELLOW), YELLOW, GREEN))


class validity(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.DAY
    label = "Issued within 24 hours"

    def formula(person, period):
        now = person.project(person("now", period))
        begins, kind = person.members("begins", period), person.members("kind", period)
        return person.any((kind == ISSUE) & (begins <= now) & (now < begins + 24 * HOUR))


class gold(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.DAY
    label = "Green, and a complete course at least 14 days ago"

    def formula(person, period):
        waited = person.members("begins", period) + 14 * DAY <= person.project(person("now", period))
        kind = person.members("kind", period)
        doses = [person.sum((kind == which) & waited) for which in (INACTIVATED, VECTOR, RECOMBINANT)]
        complete = (doses[0] >= 2) | (doses[1] >= 1) | (doses[2] >= 3)
        return (person("code", period) == GREEN) & complete


def system():
    made = TaxBenefitSystem([Record, Person])
    variables = (kind, begins, ends, known, now, reported, negative, level, code, validity, gold)
    made.add_variables(*variables)
    return made
