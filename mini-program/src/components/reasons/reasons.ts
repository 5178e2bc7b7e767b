// Why a level holds: what was found, from when until when, what ends it, by which source, and what it rests on.
Component({ properties: { reasons: { type: Array, value: [] }, t: { type: Object, value: {} } } });
