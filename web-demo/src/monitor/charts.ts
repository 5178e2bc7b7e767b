// The charts' library, loaded once there is something to draw. Drawn as SVG: sharp at every size, and no canvas to read back.
import { BarChart, CustomChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, TitleComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, SankeyChart, ScatterChart, AriaComponent, GridComponent, TitleComponent, SVGRenderer]);

export type Chart = EChartsType;
export const chartIn = (host: HTMLElement): Chart => init(host, null, { renderer: "svg" });
