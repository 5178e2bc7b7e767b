// What all pages share: they show the state while they are seen, and nothing of them listens once they are left.
import { eachSecond } from "./clock";
import { say, words, type Space } from "./i18n";
import { lookAtClock, read, subscribe, type State } from "./state";

type Data = Record<string, unknown>;
type Instance = { setData(data: Data): void; data: Data; stops?: (() => void)[] };

interface Options {
  /** The page's texts in the catalogue. */
  texts: Space;
  /** What the page shows of the state. `input` is what the person has typed or chosen on this page. */
  view(state: Readonly<State>, input: Data): Data;
  /** Whether it shows a running clock. */
  ticks?: boolean;
  /** What is chosen on this page, at first. */
  input?: Data;
  onLoad?(this: PageThis, query: Record<string, string | undefined>): void;
  onShow?(this: PageThis): void;
  onHide?(this: PageThis): void;
  /** After the data has been laid out. */
  drawn?(this: PageThis): void;
  [handler: string]: unknown;
}

export interface PageThis {
  data: Data;
  input: Data;
  /** Changes what is chosen on this page and shows it. */
  choose(input: Data): void;
  render(): void;
  setData(data: Data): void;
}

/** An event of a template. */
export interface Tap<D = Record<string, string>, E = Record<string, unknown>> {
  currentTarget: { dataset: D };
  detail: E;
}

const same = (a: unknown, b: unknown): boolean => a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));

/** Registers a page. Only what changed is handed to `setData`. */
export function definePage({ texts, view, ticks = false, input = {}, onLoad, onShow, onHide, drawn, ...handlers }: Options): void {
  const stop = (page: Instance): void => {
    for (const end of page.stops ?? []) end();
    page.stops = [];
  };
  Page({
    ...(handlers as object),
    data: { ready: false } as Data,
    input: {} as Data,
    onLoad(this: Instance & PageThis, query: Record<string, string | undefined>) {
      this.input = { ...input };
      onLoad?.call(this, query);
    },
    onShow(this: Instance & PageThis) {
      stop(this);
      const render = (): void => this.render();
      const ends = [subscribe(render)];
      if (ticks) {
        ends.push(
          eachSecond(() => {
            lookAtClock();
            this.render();
          }),
        );
      }
      this.stops = ends;
      lookAtClock();
      this.render();
      onShow?.call(this);
    },
    onHide(this: Instance & PageThis) {
      stop(this);
      onHide?.call(this);
    },
    onUnload(this: Instance & PageThis) {
      stop(this);
      onHide?.call(this);
    },
    choose(this: PageThis, chosen: Data) {
      this.input = { ...this.input, ...chosen };
      this.render();
    },
    render(this: Instance & PageThis) {
      const state = read();
      const { lang, large } = state.settings;
      const shown: Data = {
        ready: state.phase !== "starting",
        root: `root${large ? " large" : ""}`,
        lang,
        t: words(lang, texts),
        ...view(state, this.input),
      };
      const changed: Data = {};
      for (const key of Object.keys(shown)) {
        // A value that is gone must not stay on the page; `undefined` cannot be handed over.
        const value = shown[key] === undefined ? null : shown[key];
        if (!same(this.data[key], value)) changed[key] = value;
      }
      if (changed["lang"] !== undefined) titles(texts, lang);
      if (Object.keys(changed).length > 0) this.setData(changed);
      drawn?.call(this);
    },
  });
}

function titles(texts: Space, lang: State["settings"]["lang"]): void {
  wx.setNavigationBarTitle({ title: say(lang, `${texts}.title`) });
  ["code", "why", "services", "me"].forEach((name, index) => wx.setTabBarItem({ index, text: say(lang, `tabs.${name}`), fail: () => undefined }));
}

/** Goes to a page of the app. */
export function go(path: string): void {
  const tabs = ["/pages/code/code", "/pages/why/why", "/pages/services/services", "/pages/me/me"];
  if (tabs.indexOf(path) >= 0) wx.switchTab({ url: path });
  // The platform keeps ten pages; the deepest gives way.
  else if (getCurrentPages().length >= 10) wx.redirectTo({ url: path });
  else wx.navigateTo({ url: path });
}

export const goTapped = (event: Tap<{ path: string }>): void => go(event.currentTarget.dataset.path);
