// The charts' library, loaded only where a chart is shown. Drawn as SVG: sharp in print, and no canvas to read back.
import { BarChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, SankeyChart, AriaComponent, GridComponent, LegendComponent, SVGRenderer]);

export type Chart = EChartsType;
export const chartIn = (host: HTMLElement): Chart => init(host, null, { renderer: "svg" });
