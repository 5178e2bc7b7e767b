// The monitor's demo feed: four weeks of eight counties with their real codes, and numbers that are all invented. It has
// one outbreak (a clinic in Xifeng, and the one beside it a little later), a clinic that goes silent, and a few days
// without a report. The same bytes on every machine: prepare.mjs writes them, nothing is fetched.
const FIRST = Date.UTC(2022, 6, 1);
const DAYS = 28;
const LAST = DAYS - 1;
const MS = 86_400_000;
const dayText = (at) => new Date(FIRST + at * MS).toISOString().slice(0, 10);

const cities = [
  ["6201", "兰州市", "Lanzhou"],
  ["6210", "庆阳市", "Qingyang"],
  ["6212", "陇南市", "Longnan"],
];
/** Code, names, persons, and how many in 10,000 are yellow and red to begin with. */
const counties = [
  ["620102", "城关区", "Chengguan", 148_400, 14, 3],
  ["620103", "七里河区", "Qilihe", 71_900, 10, 2],
  ["620104", "西固区", "Xigu", 41_200, 7, 1],
  ["620105", "安宁区", "Anning", 43_900, 6, 1],
  ["621002", "西峰区", "Xifeng", 51_700, 5, 1],
  ["621022", "环县", "Huan", 30_300, 3, 0],
  ["621202", "武都区", "Wudu", 54_200, 8, 1],
  ["621227", "徽县", "Hui", 19_900, 4, 0],
];
/** Id, county, number within it, and the usual visits with fever of a day. */
const clinics = [
  ["C001", "620102", 1, 18],
  ["C002", "620102", 2, 12],
  ["C003", "620102", 3, 9],
  ["C004", "620103", 1, 14],
  ["C005", "620103", 2, 8],
  ["C006", "620104", 1, 9],
  ["C007", "620105", 1, 7],
  ["C008", "621002", 1, 10],
  ["C009", "621002", 2, 6],
  ["C010", "621022", 1, 4],
  ["C011", "621202", 1, 11],
  ["C012", "621227", 1, 5],
];
/** What comes on top of the usual: by clinic and day. */
const outbreak = { C008: { 24: 2, 25: 8, 26: 17, 27: 33 }, C009: { 26: 5, 27: 9 } };
/** Days without a report. */
const unreported = { C012: [23, 24, 25, 26, 27], C004: [27], C006: [22], C010: [9, 10] };
const sites = [
  ["S01", "620102", "东方红广场采样点", "Dongfanghong Square", 30],
  ["S02", "620102", "雁滩采样点", "Yantan", 22],
  ["S03", "620103", "西站采样点", "Xizhan", 18],
  ["S04", "620104", "西固公园采样点", "Xigu Park", 12],
  ["S05", "620105", "安宁体育馆采样点", "Anning Gym", 10],
  ["S06", "621002", "西峰南街采样点", "Xifeng South Street", 34],
  ["S07", "621202", "武都广场采样点", "Wudu Square", 14],
  ["S08", "621227", "徽县东关采样点", "Hui Dongguan", 6],
];
const hours = [8, 10, 12, 15, 18];
/** Queues are told for the last days only. */
const QUEUE_DAYS = 7;

/** 0 to 1 by two numbers, the same everywhere: integer arithmetic alone. */
function noise(a, b) {
  let x = (Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b)) >>> 0;
  for (let round = 0; round < 3; round += 1) {
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 0;
    x = (x ^ (x >>> 12)) >>> 0;
  }
  return x / 4_294_967_296;
}
/** A whole number about `middle`, at most `spread` away from it. */
const about = (middle, spread, a, b) => Math.max(0, Math.round(middle + (noise(a, b) + noise(a + 500, b) - 1) * spread));
const name = (zh, en) => ({ "zh-CN": zh, en });
const within = (code) => counties.find(([it]) => it === code);

/** The feed's text. */
export function feed() {
  const lines = [
    {
      kind: "head",
      feed: "longma-monitor/1",
      title: name("甘肃省（演示）", "Gansu (demo)"),
      region: "62",
      first: dayText(0),
      last: dayText(LAST),
      source: name("随页面提供的虚构数据", "invented, comes with the page"),
      invented: true,
    },
  ];
  for (const [code, zh, en] of cities) lines.push({ kind: "place", code, name: name(zh, en), parent: "62" });
  for (const [code, zh, en] of counties) lines.push({ kind: "place", code, name: name(zh, en), parent: code.slice(0, 4) });
  for (const [id, county, number] of clinics) {
    const [, zh, en] = within(county);
    lines.push({ kind: "clinic", id, name: name(`${zh}第${"一二三"[number - 1]}发热门诊`, `${en} clinic ${number}`), county });
  }
  for (const [id, county, zh, en] of sites) lines.push({ kind: "site", id, name: name(zh, en), county });

  for (let at = 0; at < DAYS; at += 1) {
    const day = dayText(at);
    clinics.forEach(([id, , , usual], n) => {
      if (unreported[id]?.includes(at)) return;
      const fever = about(usual, usual * 0.45, n, at) + (outbreak[id]?.[at] ?? 0);
      lines.push({ kind: "report", clinic: id, day, fever, visits: fever + about(usual * 6, usual, n + 40, at) });
    });
    counties.forEach(([code, , , persons, yellowOf, redOf], n) => {
      const wave = code === "621002" ? Math.max(0, at - 23) ** 2 : 0;
      const rate = (per, salt) => Math.round((persons * per * (0.85 + 0.3 * noise(n + salt, at))) / 10_000);
      const yellow = rate(yellowOf + wave * 2.2, 60);
      const red = rate(redOf + wave * 0.8, 70);
      const unknown = rate(2, 80);
      // One county's levels are missing for two days.
      if (!(code === "620105" && (at === 18 || at === 19))) {
        lines.push({ kind: "levels", county: code, day, decision: "code", persons: { green: persons - yellow - red - unknown, yellow, red, unknown } });
      }
      const due = yellow * 2 + red * 3 + about(60, 12, n + 90, at);
      const overdue = Math.round(due * (0.03 + 0.04 * noise(n + 100, at) + (code === "621002" && at > 25 ? 0.1 : 0)));
      const open = Math.round(due * (0.08 + 0.05 * noise(n + 110, at)));
      if (!(code === "621227" && at === LAST)) lines.push({ kind: "duties", county: code, day, due, done: due - overdue - open, overdue });
    });
    if (at <= LAST - QUEUE_DAYS) continue;
    sites.forEach(([id, county, , , usual], n) => {
      // The site beside the silent clinic says nothing on the last day either.
      if (id === "S08" && at === LAST) return;
      for (const hour of hours) {
        const rush = hour === 18 || hour === 8 ? 1.5 : 1;
        const press = county === "621002" && at > 24 ? 1 + (at - 24) * 0.5 : 1;
        const minutes = about(usual * rush * press, usual * 0.5, n + 120, at * 24 + hour);
        lines.push({ kind: "queue", site: id, at: `${day}T${String(hour).padStart(2, "0")}:00:00+08:00`, people: Math.round(minutes * 1.6), minutes });
      }
    });
  }
  return `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
}
