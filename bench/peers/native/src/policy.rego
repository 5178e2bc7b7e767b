# The policy in Rego.
package policy

import rego.v1

now := input.now

negatives := [t.sampled |
	some t in input.tests
	t.method == "nucleic_acid"
	t.result == "negative"
	t.reported <= now
]

sampled_after(from) if {
	some sampled in negatives
	sampled > from
}

sampled_since(from) if {
	some sampled in negatives
	sampled >= from
}

set_by_hand(level) if {
	some o in input.overrides
	o.level == level
	o.from <= now
	now < o.until
}

red if set_by_hand("red")

red if {
	some d in input.diagnoses
	d.from <= now
	now < d.until
}

red if {
	some c in input.contacts
	c.kind == "close"
	c.last <= now
	now < c.last + 604800
	now < c.released
}

red if {
	some t in input.tests
	t.result == "positive"
	t.reported <= now
	not sampled_after(t.sampled)
}

yellow if set_by_hand("yellow")

yellow if {
	some c in input.contacts
	c.kind == "time_space"
	c.identified <= now
	now < c.released
	not sampled_since(c.identified)
}

yellow if {
	some s in input.stays
	s.key_area
	s.arrived <= now
	not sampled_since(s.left)
}

default code := "green"

code := "red" if {
	red
} else := "yellow" if {
	yellow
}

default validity := "invalid"

validity := "valid" if {
	some i in input.issuance
	i.issued <= now
	now < i.issued + 86400
}

doses(products) := count([v |
	some v in input.vaccinations
	v.product in products
	v.at + 1209600 <= now
])

complete if doses({"CoronaVac", "BBIBP-CorV", "WIBP-CorV"}) >= 2

complete if doses({"Convidecia"}) >= 1

complete if doses({"ZF2001"}) >= 3

default gold := "none"

gold := "gold" if {
	code == "green"
	complete
}

answer := [code, validity, gold]
