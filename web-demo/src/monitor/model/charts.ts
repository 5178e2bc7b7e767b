// What the charts draw, as ECharts takes it. Words, colours and the size of a letter are handed in; nothing here is markup,
// and names go through functions, never through templates. Colour is never the only sign: grades have shapes and levels patterns.
import type { CustomSeriesRenderItem, EChartsOption } from "echarts";
import type { Grade } from "./alerts";
import { isFine, openOf, shareNotGreen, shareOf, type Colours, type DutyRow, type QueueRow } from "./board";
import { axisText, type Day } from "./days";
import type { Ears } from "./ears";

/** The page's colours, the size of the chart, and the size of a letter; in pixels. */
export interface Palette {
  ink: string;
  quiet: string;
  line: string;
  surface: string;
  raised: string;
  accent: string;
  alarm: string;
  watch: string;
  onAlarm: string;
  fine: string;
  font: string;
  width: number;
  height: number;
  px: number;
}

const text = (palette: Palette, size = 0.95) => ({ color: palette.ink, fontFamily: palette.font, fontSize: Math.round(palette.px * size) });
/** Less room for names on a phone. */
const isSmall = ({ width, px }: Palette): boolean => width < 26 * px;
/** About how wide a text is, in pixels: a Chinese character is as wide as high. */
const widthOf = (of: string, px: number): number => [...of].reduce((all, sign) => all + (sign > "\u2e7f" ? 1 : 0.55), 0) * px;
/** A name that fits: its middle is left out, since names of a region begin alike and end differently. */
function fitting(name: string, width: number, px: number): string {
  const signs = [...name];
  if (widthOf(name, px) <= width) return name;
  const joined = (kept: number): string => `${signs.slice(0, Math.floor(kept * 0.45)).join("")}…${signs.slice(signs.length - Math.ceil(kept * 0.55)).join("")}`;
  let kept = signs.length - 1;
  while (kept > 2 && widthOf(joined(kept), px) > width) kept -= 1;
  return joined(kept);
}
const base = (palette: Palette, moving: boolean): EChartsOption => ({ animation: moving, animationDuration: 400, textStyle: { fontFamily: palette.font } });

// --- Clinics by day

export interface MatrixRow {
  name: string;
  days: { grade: Grade; count: number | undefined }[];
}

/** A cell for each clinic and day: its count, and a shape for its grade. `data` is row by row. */
export function matrixOption(rows: readonly MatrixRow[], days: readonly Day[], missed: string, palette: Palette): EChartsOption {
  const px = palette.px;
  const cells = rows.flatMap((row, y) => row.days.map((cell, x) => [x, y, cell.count ?? -1]));
  const gradeAt = (index: number): Grade => rows[Math.floor(index / days.length)]?.days[index % days.length]?.grade ?? "missing";

  const draw: CustomSeriesRenderItem = (params, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
    const [w, h] = (api.size as (of: number[]) => number[])([1, 1]) as [number, number];
    const grade = gradeAt(params.dataIndex);
    const count = Number(api.value(2));
    const gap = Math.max(1, px * 0.09);
    const box = { x: x - w / 2 + gap, y: y - h / 2 + gap, width: w - 2 * gap, height: h - 2 * gap, r: px * 0.2 };
    const shapes: unknown[] = [];
    const rect = (style: object): void => void shapes.push({ type: "rect", shape: box, style });
    if (grade === "alarm") rect({ fill: palette.alarm });
    else if (grade === "watch") rect({ fill: palette.surface, stroke: palette.watch, lineWidth: px * 0.13 });
    else if (grade === "missing") rect({ fill: "transparent", stroke: palette.quiet, lineWidth: px * 0.08, lineDash: [px * 0.25, px * 0.2] });
    else rect({ fill: grade === "blind" ? "transparent" : palette.raised, stroke: palette.line, lineWidth: grade === "blind" ? 1 : 0 });
    if (grade === "watch") {
      const size = Math.min(box.width, box.height) * 0.42;
      shapes.push({ type: "polygon", shape: { points: [[box.x, box.y], [box.x + size, box.y], [box.x, box.y + size]] }, style: { fill: palette.watch } });
    }
    if (grade === "alarm") {
      const bar = Math.max(2, px * 0.16);
      shapes.push({ type: "rect", shape: { x: box.x + gap * 2, y: box.y + box.height - bar - gap, width: box.width - gap * 4, height: bar }, style: { fill: palette.onAlarm } });
    }
    shapes.push({
      type: "text",
      style: {
        text: grade === "missing" ? missed : String(count),
        x,
        y: grade === "alarm" ? y - px * 0.08 : y,
        align: "center",
        verticalAlign: "middle",
        fill: grade === "alarm" ? palette.onAlarm : grade === "missing" || grade === "blind" ? palette.quiet : palette.ink,
        fontFamily: palette.font,
        // As large as all its digits fit.
        fontSize: Math.round(Math.min(px, h * 0.62, w / Math.max(1.8, 0.72 * String(count).length))),
        fontWeight: grade === "alarm" || grade === "watch" ? 700 : 400,
      },
    });
    return { type: "group", children: shapes } as ReturnType<CustomSeriesRenderItem>;
  };

  return {
    ...base(palette, false),
    grid: { left: px * 0.2, right: px * 0.2, top: px * 0.1, bottom: px * 0.1, containLabel: true },
    xAxis: {
      type: "category",
      position: "top",
      data: days.map(axisText),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text(palette, 0.85), color: palette.quiet, interval: (at: number) => (days.length - 1 - at) % 5 === 0 },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ name }) => fitting(name, px * (isSmall(palette) ? 6.6 : 11.5), px)),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text(palette, 1), interval: 0 },
    },
    series: [{ type: "custom", renderItem: draw, data: cells, encode: { x: 0, y: 1 } }],
  };
}

// --- Levels by county

/** Patterns by level, so that they differ without colour. */
function patternOf(level: string, palette: Palette) {
  const dark = palette.surface;
  if (level === "red") return { symbol: "rect", color: dark, dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: Math.PI / 4 };
  if (level === "unknown") return { symbol: "circle", color: dark, dashArrayX: [[4, 4], [0, 4, 4, 0]], dashArrayY: [4, 0], symbolSize: 0.6 };
  return { symbol: "none" };
}
export const colourOf = (level: string, palette: Palette): string =>
  level === "red" ? palette.alarm : level === "yellow" ? palette.watch : level === "orange" ? "#e88a3c" : level === "unknown" ? palette.quiet : isFine(level) ? palette.fine : palette.accent;

/** The next greater number that is short to write: 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten. */
function roundUp(n: number): number {
  const power = 10 ** Math.floor(Math.log10(n));
  return ([1, 2, 3, 4, 5, 6, 8].find((one) => one * power >= n) ?? 10) * power;
}

/** One small chart for each county on one scale: persons per 1,000 whose code is not green, by level and day. */
export function coloursOption({ levels, rows }: Colours, names: readonly string[], columns: number, lack: string, palette: Palette, moving: boolean): EChartsOption {
  const px = palette.px;
  const shown = levels.filter((level) => !isFine(level));
  const lines = Math.max(1, Math.ceil(rows.length / columns));
  const most = Math.max(0.1, ...rows.flatMap((row) => row.days.map((day) => (shareNotGreen(day.levels) ?? 0) * 1000)));
  const top = roundUp(most);
  const axis = px * 2.2;
  const below = px * 1.4;
  const cell = { w: (palette.width - axis) / columns, h: (palette.height - below) / lines };
  const at = (n: number) => ({ left: axis + cell.w * (n % columns), top: cell.h * Math.floor(n / columns) });
  const axisDays = (rows[0]?.days ?? []).map(({ day }) => axisText(day));
  return {
    ...base(palette, moving),
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    title: rows.map((row, n) => {
      const share = shareNotGreen(row.today);
      const figure = share === undefined ? lack : (share * 1000).toFixed(1);
      return {
        text: `${fitting(names[n] ?? "", cell.w - widthOf(`  ${figure}`, px) - px * 0.8, px)}  {n|${figure}}`,
        left: at(n).left,
        top: at(n).top,
        padding: 0,
        textStyle: { ...text(palette, 1), fontWeight: 600 as const, rich: { n: { ...text(palette, 1), color: palette.quiet, fontWeight: 400 as const } } },
      };
    }),
    grid: rows.map((_, n) => ({ left: at(n).left, width: cell.w - px * 0.9, top: at(n).top + px * 1.7, height: cell.h - px * 2.3 })),
    xAxis: rows.map((row, n) => ({
      type: "category" as const,
      gridIndex: n,
      data: axisDays,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line } },
      axisLabel: { show: n + columns >= rows.length, ...text(palette, 0.8), color: palette.quiet, interval: (index: number) => index === 0 || index === row.days.length - 1, alignMinLabel: "left" as const, alignMaxLabel: "right" as const },
    })),
    yAxis: rows.map((_, n) => ({
      type: "value" as const,
      gridIndex: n,
      max: top,
      interval: top,
      axisLabel: { show: n % columns === 0, ...text(palette, 0.8), color: palette.quiet, formatter: (value: number) => String(Number(value.toPrecision(3))) },
      splitLine: { lineStyle: { color: palette.line } },
    })),
    series: rows.flatMap((row, n) => [
      ...[...shown].reverse().map((level) => ({
        type: "bar" as const,
        name: level,
        stack: `stack-${n}`,
        xAxisIndex: n,
        yAxisIndex: n,
        silent: true,
        barCategoryGap: "18%",
        itemStyle: { color: colourOf(level, palette), decal: patternOf(level, palette) },
        data: row.days.map((day) => {
          const share = shareOf(day.levels, level);
          return share === undefined ? "-" : share * 1000;
        }),
      })),
      {
        type: "scatter" as const,
        xAxisIndex: n,
        yAxisIndex: n,
        silent: true,
        symbol: "path://M0,0 L10,10 M10,0 L0,10",
        symbolSize: px * 0.55,
        itemStyle: { color: "transparent", borderColor: palette.quiet, borderWidth: px * 0.12, decal: { symbol: "none" } },
        data: row.days.map((day) => (shareNotGreen(day.levels) === undefined ? top * 0.07 : "-")),
      },
    ]),
  };
}

// --- Duties

/** From each county to done, still open and overdue. */
export function dutiesOption(rows: readonly DutyRow[], names: readonly string[], ends: { done: string; open: string; overdue: string }, num: (n: number) => string, palette: Palette, moving: boolean): EChartsOption {
  const px = palette.px;
  const told = rows.flatMap((row, n) => (row.today === undefined || row.today.due === 0 ? [] : [{ duties: row.today, name: fitting(names[n] ?? "", px * (isSmall(palette) ? 4.5 : 8), px), id: `from:${n}` }]));
  const sums = { overdue: 0, open: 0, done: 0 };
  for (const { duties } of told) {
    sums.overdue += duties.overdue;
    sums.open += openOf(duties);
    sums.done += duties.done;
  }
  const kinds = ["overdue", "open", "done"] as const;
  const colour = { overdue: palette.watch, open: palette.quiet, done: palette.fine };
  const label = { ...text(palette, 0.95), textBorderWidth: 0 };
  return {
    ...base(palette, moving),
    series: [
      {
        type: "sankey",
        silent: true,
        draggable: false,
        left: Math.max(0, ...told.map(({ name, duties }) => widthOf(`${name}  ${num(duties.due)}`, px))) + px * 0.4,
        right: Math.max(0, ...kinds.map((kind) => widthOf(`${ends[kind]}  ${num(sums[kind])}`, px))) + px * 0.4,
        top: px * 0.4,
        bottom: px * 0.4,
        nodeWidth: px * 0.7,
        // Where many flows are thin, their names still stand apart.
        nodeGap: px * (told.length > 8 ? 0.95 : 0.55),
        layoutIterations: 0,
        lineStyle: { color: "target", opacity: 0.38, curveness: 0.5 },
        data: [
          ...told.map(({ id, name, duties }) => ({
            name: id,
            depth: 0,
            itemStyle: { color: palette.accent, borderWidth: 0 },
            label: { ...label, position: "left" as const, formatter: () => `${name}  ${num(duties.due)}` },
          })),
          ...kinds
            .filter((kind) => sums[kind] > 0)
            .map((kind) => ({
              name: kind,
              depth: 1,
              itemStyle: { color: colour[kind], borderWidth: 0 },
              label: { ...label, position: "right" as const, fontWeight: kind === "overdue" ? (700 as const) : (400 as const), formatter: () => `${ends[kind]}  ${num(sums[kind])}` },
            })),
        ],
        links: told.flatMap(({ id, duties }) => {
          const parts = { overdue: duties.overdue, open: openOf(duties), done: duties.done };
          return kinds.filter((kind) => parts[kind] > 0).map((kind) => ({ source: id, target: kind, value: parts[kind] }));
        }),
      },
    ],
  };
}

// --- Queues

/** A bar for each site: minutes. Sites that told nothing have no bar, and say so. */
export function queuesOption(rows: readonly QueueRow[], names: readonly string[], mark: (row: QueueRow) => string, palette: Palette, moving: boolean): EChartsOption {
  const px = palette.px;
  const most = Math.max(10, ...rows.map(({ now }) => now?.minutes ?? 0));
  const namesWidth = Math.min(Math.max(0, ...names.map((name) => widthOf(name, px))), px * (isSmall(palette) ? 6 : 10.6));
  const short = names.map((name) => fitting(name, namesWidth, px));
  const place = Math.max(px, palette.width - namesWidth - px);
  // The longest bar leaves room for the longest label.
  const bars = Math.max(place * 0.1, place - Math.max(0, ...rows.map((row) => widthOf(mark(row), px))) - px * 0.6);
  return {
    ...base(palette, moving),
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    grid: { left: px * 0.2, right: px * 0.2, top: 0, bottom: 0, containLabel: true },
    xAxis: { type: "value", max: (most * place) / bars, show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: short,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text(palette, 1), interval: 0 },
    },
    series: [
      {
        type: "bar",
        silent: true,
        barMaxWidth: px * 1.1,
        itemStyle: { borderRadius: px * 0.15 },
        data: rows.map((row) => ({
          value: row.now?.minutes ?? 0,
          itemStyle: { color: palette.accent, decal: { symbol: "none" } },
          label: { show: true, position: "right" as const, ...text(palette, 1), color: row.now === undefined ? palette.quiet : palette.ink, formatter: () => mark(row) },
        })),
      },
    ],
  };
}

// --- The explanation of an alert

export interface ExplainWords {
  /** The baselines, and the thresholds that come of them. */
  c1: [string, string];
  c2: [string, string];
  lack: string;
}

/** The counts of two weeks, with a bracket over each baseline and a line at each threshold. */
export function explainOption(ears: Ears, days: readonly { day: Day; count: number | undefined }[], say: ExplainWords, number: (n: number) => string, palette: Palette, moving: boolean): EChartsOption {
  const px = palette.px;
  const [c1, c2] = [ears.c1.baseline, ears.c2.baseline];
  const limits = [c1, c2].map(({ figures }) => figures?.threshold ?? 0);
  const most = Math.max(1, ...days.map(({ count }) => count ?? 0), ...limits);
  const judged = ears.c1.day;
  const index = (day: Day): number => days.findIndex((one) => one.day === day);
  const target = index(judged);
  const baselines = [
    { of: c1, say: say.c1, colour: palette.accent, dash: "solid" as const },
    { of: c2, say: say.c2, colour: palette.watch, dash: [px * 0.45, px * 0.3] },
  ];

  const draw: CustomSeriesRenderItem = (params, api) => {
    const one = baselines[params.dataIndex];
    if (one === undefined) return null;
    const span = [one.of.days[0]?.day ?? judged, one.of.days.at(-1)?.day ?? judged].map(index) as [number, number];
    const [from] = api.coord([span[0], 0]) as [number, number];
    const [to] = api.coord([span[1], 0]) as [number, number];
    const [w] = (api.size as (of: number[]) => number[])([1, 0]) as [number, number];
    const area = params.coordSys as unknown as { y: number };
    const y = area.y - px * (0.9 + 1.9 * (1 - params.dataIndex));
    const left = from - w * 0.42;
    const right = to + w * 0.42;
    const style = { stroke: one.colour, lineWidth: px * 0.14, ...(one.dash === "solid" ? {} : { lineDash: one.dash }) };
    const shapes: unknown[] = [
      { type: "polyline", shape: { points: [[left, y + px * 0.5], [left, y], [right, y], [right, y + px * 0.5]] }, style: { ...style, fill: "none" } },
      { type: "text", style: { text: one.say[0], x: left + px * 0.2, y: y - px * 0.15, verticalAlign: "bottom", fill: palette.ink, fontFamily: palette.font, fontSize: Math.round(px * 0.9) } },
    ];
    const { figures } = one.of;
    if (figures !== undefined) {
      const [x, at] = api.coord([target, figures.threshold]) as [number, number];
      shapes.push({ type: "line", shape: { x1: left, y1: at, x2: x + w * 0.5, y2: at }, style });
      shapes.push({ type: "text", style: { text: `${one.say[1]} ${number(figures.threshold)}`, x: left + px * 0.2, y: at - px * 0.2, verticalAlign: "bottom", fill: palette.ink, fontFamily: palette.font, fontSize: Math.round(px * 0.85) } });
    }
    return { type: "group", silent: true, children: shapes } as ReturnType<CustomSeriesRenderItem>;
  };

  return {
    ...base(palette, moving),
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    grid: { left: px * 0.3, right: px * 0.5, top: px * 4.6, bottom: px * 0.2, containLabel: true },
    xAxis: { type: "category", data: days.map(({ day }) => axisText(day)), axisTick: { show: false }, axisLine: { lineStyle: { color: palette.quiet } }, axisLabel: { ...text(palette, 0.85), interval: 0, hideOverlap: true } },
    yAxis: { type: "value", max: Math.ceil(most * 1.12), minInterval: 1, splitNumber: 3, axisLabel: { ...text(palette, 0.85), color: palette.quiet, showMaxLabel: false }, splitLine: { lineStyle: { color: palette.line } } },
    series: [
      {
        type: "bar",
        silent: true,
        barCategoryGap: "28%",
        data: days.map(({ day, count }) => ({
          value: count ?? 0,
          itemStyle: {
            color: day === judged ? palette.alarm : palette.fine,
            decal: day === judged ? { symbol: "rect", color: palette.surface, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4 } : { symbol: "none" },
          },
          label: { show: true, position: "top" as const, ...text(palette, 0.95), color: count === undefined ? palette.quiet : palette.ink, formatter: () => (count === undefined ? say.lack : String(count)) },
        })),
      },
      { type: "custom", renderItem: draw, data: baselines.map((_, n) => [n, 0]), clip: false, silent: true },
    ],
  };
}
