// One decision in a line: its shape, its name, its level, and how long it holds.
Component({ properties: { part: { type: Object, value: {} } } });
