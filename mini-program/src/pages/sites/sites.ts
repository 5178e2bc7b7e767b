// 附近采样点: the nearest that are open, worked out on the phone.
import { LongmaError, type Sites } from "longma-miniprogram";
import { config } from "../../config";
import { now } from "../../lib/clock";
import { say } from "../../lib/i18n";
import { definePage, type PageThis, type Tap } from "../../lib/page";
import { read } from "../../lib/state";
import { ms, stamp } from "../../lib/time";
import { siteList } from "../../sources/tables";

interface Point {
  latitude: number;
  longitude: number;
}

let sites: Sites | null = null;
/** Where each site is; the engine answers distances only. */
let places: Record<string, Point> = {};

/** Coordinates by id. Ids and coordinates hold no commas; names and addresses may, in quotes. */
function placesOf(csv: string): Record<string, Point> {
  const found: Record<string, Point> = {};
  for (const line of csv.split("\n").slice(1)) {
    const [, id, latitude, longitude] = /^"?([^",]+)"?,.*?,(-?\d+\.\d+),(-?\d+\.\d+),/.exec(line) ?? [];
    if (id !== undefined) found[id] = { latitude: Number(latitude), longitude: Number(longitude) };
  }
  return found;
}

definePage({
  texts: "sites",
  input: { at: null, denied: false, closed: false, problem: "", version: 0 },
  view(state, input) {
    const { lang } = state.settings;
    const here = (input["at"] ?? config.centre) as Point;
    const time = now();
    const found = sites === null ? [] : sites.nearest(here, { time, open: input["closed"] !== true, count: 8 });
    const shown = found.map((site, index) => {
      const far = site.metres < 1000 ? say(lang, "sites.metres", { metres: site.metres }) : say(lang, "sites.kilometres", { kilometres: (site.metres / 1000).toFixed(1) });
      const when = site.changes_at === null ? (site.open ? say(lang, "sites.always") : "") : say(lang, site.open ? "sites.closes" : "sites.opens", { time: stamp(ms(site.changes_at), time, lang) });
      const queue = site.queue_minutes === null ? "" : say(lang, "sites.queue", { minutes: site.queue_minutes });
      return { id: site.id, number: index + 1, name: site.name, address: site.address, far, open: site.open, state: say(lang, site.open ? "sites.open" : "sites.closed"), tone: site.open ? "green" : "grey", when, queue };
    });
    const markers = shown.filter(({ id }) => places[id] !== undefined).map(({ id, number, name }) => ({ id: number, ...(places[id] as Point), title: name, width: 28, height: 36, label: { content: String(number) } }));
    return { sites: shown, markers, latitude: here.latitude, longitude: here.longitude, denied: input["denied"], closed: input["closed"], problem: input["problem"] };
  },
  onShow(this: PageThis) {
    void siteList()
      .then((csv) => {
        const { engine } = read();
        if (engine === null) return;
        sites = engine.sites(csv);
        places = placesOf(csv);
        this.choose({ version: (this.input["version"] as number) + 1 });
      })
      .catch((error) => {
        if (!(error instanceof LongmaError)) throw error;
        this.choose({ problem: error.words(read().settings.lang) });
      });
  },
  locate(this: PageThis) {
    wx.getLocation({
      type: "gcj02",
      success: ({ latitude, longitude }) => this.choose({ at: { latitude, longitude }, denied: false }),
      fail: () => this.choose({ at: null, denied: true }),
    });
  },
  all(this: PageThis) {
    this.choose({ closed: this.input["closed"] !== true });
  },
  open(event: Tap<{ id: string; name: string }>) {
    const { id, name } = event.currentTarget.dataset;
    const place = places[id];
    if (place !== undefined) wx.openLocation({ ...place, name });
  },
});
