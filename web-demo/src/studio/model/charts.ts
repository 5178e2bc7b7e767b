// What the charts of a comparison draw, as ECharts takes it. Words and colours are handed in; nothing here is markup.
import type { EChartsOption } from "echarts";
import type { Amount, ComparedDecision } from "../../../../wasm/studio/pkg-web/longma_studio.js";
import type { Tone } from "../../model/tones";
import { toneOf } from "./compare";

/** The page's colours as they are now. */
export interface Palette {
  ink: string;
  quiet: string;
  line: string;
  surface: string;
  accent: string;
  font: string;
  tone: (tone: Tone) => string;
}

export interface Flow {
  from: number;
  to: number;
  persons: number;
}

/** From which level to which somebody changes, without those who stay; most persons first. */
export const flowsOf = (decision: ComparedDecision): Flow[] =>
  decision.matrix
    .flatMap((row, from) => row.map(({ persons }, to): Flow => ({ from, to, persons })))
    .filter(({ from, to, persons }) => from !== to && persons > 0)
    .sort((a, b) => b.persons - a.persons);

/** One amount of every level, before and after. */
export const sidesOf = ({ by_level, levels }: ComparedDecision, what: (amount: Amount) => number): [number[], number[]] => {
  const side = (amounts: readonly Amount[]): number[] => levels.map((_, at) => (amounts[at] === undefined ? 0 : what(amounts[at])));
  return [side(by_level[0]), side(by_level[1])];
};

/** How tall the bars of so many levels are, in pixels. */
export const barsHeight = (levels: number): number => 56 + levels * 46;
export const flowsHeight = (flows: readonly Flow[]): number => 40 + 46 * Math.max(new Set(flows.map(({ from }) => from)).size, new Set(flows.map(({ to }) => to)).size);

/** Two bars for each level. The earlier one is hatched: colour is not the only sign. */
export function barsOption(levels: readonly string[], sides: [number[], number[]], names: [string, string], num: (n: number) => string, palette: Palette, moving: boolean): EChartsOption {
  const text = { color: palette.ink, fontSize: 12 };
  const hatch = { symbol: "rect", color: palette.surface, dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4 };
  return {
    animation: moving,
    aria: { enabled: true, label: { enabled: false }, decal: { show: true, decals: [hatch, { symbol: "none" }] } },
    color: [palette.quiet, palette.accent],
    textStyle: { fontFamily: palette.font },
    legend: { data: names, top: 0, left: 0, selectedMode: false, textStyle: text, itemWidth: 22, itemHeight: 12 },
    grid: { left: 4, right: 68, top: 30, bottom: 4, containLabel: true },
    xAxis: { type: "value", axisLabel: { show: false }, splitLine: { lineStyle: { color: palette.line } } },
    yAxis: { type: "category", inverse: true, data: [...levels], axisLabel: { ...text, width: 110, overflow: "break" }, axisLine: { lineStyle: { color: palette.quiet } }, axisTick: { show: false } },
    series: names.map((name, side) => ({
      type: "bar",
      name,
      data: sides[side] ?? [],
      barGap: "10%",
      barMaxWidth: 16,
      barMinHeight: 1,
      silent: true,
      label: { show: true, position: "right", ...text, formatter: ({ value }: { value: unknown }) => num(Number(value)) },
    })),
  };
}

/** Who changes, as streams from the levels before to those after. Every end has its words and its number. */
export function flowsOption(decision: ComparedDecision, flows: readonly Flow[], caption: (at: number) => string, num: (n: number) => string, palette: Palette, moving: boolean): EChartsOption {
  const sum = (end: "from" | "to", at: number): number => flows.filter((flow) => flow[end] === at).reduce((all, { persons }) => all + persons, 0);
  const ends = (end: "from" | "to") =>
    [...new Set(flows.map((flow) => flow[end]))]
      .sort((a, b) => a - b)
      .map((at) => {
        const level = decision.levels[at];
        return {
          name: `${end}:${at}`,
          depth: end === "from" ? 0 : 1,
          itemStyle: { color: palette.tone(level === undefined ? "unknown" : toneOf(level)), borderColor: palette.quiet, borderWidth: 1 },
          label: { position: end === "from" ? ("right" as const) : ("left" as const), formatter: () => `${caption(at)} ${num(sum(end, at))}` },
        };
      });
  return {
    animation: moving,
    textStyle: { fontFamily: palette.font },
    series: [
      {
        type: "sankey",
        silent: true,
        draggable: false,
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeWidth: 14,
        nodeGap: 14,
        layoutIterations: 0,
        label: { color: palette.ink, fontFamily: palette.font, backgroundColor: palette.surface, borderRadius: 6, padding: [3, 6], fontSize: 12 },
        lineStyle: { color: "source", opacity: 0.45, curveness: 0.5 },
        data: [...ends("from"), ...ends("to")],
        links: flows.map(({ from, to, persons }) => ({ source: `from:${from}`, target: `to:${to}`, value: persons })),
      },
    ],
  };
}
