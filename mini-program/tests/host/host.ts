// Runs the built mini-program on a page: glass-easel for components and templates, the shim for `wx`, and a loader that
// gives scripts only what a phone has. Around it stand a status bar, the title bar and the tab bar.
import * as glassEasel from "glass-easel";
import { MiniProgramEnv } from "glass-easel-miniprogram-adapter";
import type { Program } from "./compile";
import { newPhone, shim, type Phone } from "./wx";

/** What browsers have and phones have not. */
const ABSENT = ["window", "document", "self", "navigator", "location", "localStorage", "sessionStorage", "fetch", "XMLHttpRequest", "URL", "URLSearchParams", "TextEncoder", "TextDecoder", "crypto", "performance", "WebAssembly", "Blob", "Image", "indexedDB", "FinalizationRegistry", "BigInt", "requestAnimationFrame", "alert", "eval", "Intl"];

interface Tab {
  pagePath: string;
  text: string;
  iconPath: string;
  selectedIconPath: string;
}

interface AppConfig {
  pages: string[];
  subPackages: { root: string; pages: string[] }[];
  tabBar: { list: Tab[] };
  usingComponents: Record<string, string>;
}

interface Seen {
  path: string;
  root: ReturnType<ReturnType<MiniProgramEnv["associateBackend"]>["createRoot"]>;
  caller: Record<string, ((argument?: unknown) => void) | undefined>;
  node: HTMLElement;
  title: string;
}

export interface Boot {
  phone?: Partial<Omit<Phone, "storage">> & { storage?: Record<string, string> };
  /** No `WXWebAssembly`, as on old phones. */
  noWasm?: boolean;
  /** What the phone's clock shows instead of the true time. */
  clock?: number;
}

/** A map in the platform's place: it shows where its markers are, and no streets. */
function drawMap(element: HTMLElement): void {
  const set = element.setAttribute.bind(element);
  element.setAttribute = (name: string, value: string) => {
    set(name, value);
    // The DOM is given texts; the values are with the node that the template made.
    const place = (element as unknown as { __wxElement: { _$nodeAttributes: Record<string, unknown> } }).__wxElement._$nodeAttributes;
    const markers = Array.isArray(place["markers"]) ? (place["markers"] as { latitude: number; longitude: number; id: number }[]) : [];
    element.replaceChildren(
      ...markers.map(({ latitude, longitude, id }) => {
        const pin = document.createElement("i");
        pin.className = "map-pin";
        pin.textContent = String(id);
        pin.style.left = `${50 + (longitude - Number(place["longitude"])) * 2200}%`;
        pin.style.top = `${50 - (latitude - Number(place["latitude"])) * 3300}%`;
        return pin;
      }),
    );
  };
}

/** The backend of a browser, whose events carry what the platform's carry. */
class Backend extends glassEasel.CurrentWindowBackendContext {
  constructor() {
    super();
    const page = this.document;
    this.document = {
      createElement: (name: string) => {
        // HTML has a `map` of its own, which is something else.
        const element = page.createElement(name === "map" ? "wx-map" : name);
        if (name === "map") drawMap(element as unknown as HTMLElement);
        return element;
      },
      createTextNode: (text: string) => page.createTextNode(text),
      createDocumentFragment: () => page.createDocumentFragment(),
    };
  }
}
(Backend.prototype as unknown as Record<string, unknown>)["_$getEventDetail"] = (event: Event): object => {
  if (event instanceof CustomEvent) return event.detail as object;
  const target = event.target as HTMLInputElement | null;
  return { value: target?.value };
};

/** `Page`, `Component` and `App` as the platform has them while it loads a file. */
let registers: Record<string, (definition: unknown) => unknown> = {};
const register = (name: string) => (definition: unknown): unknown => {
  const known = registers[name];
  if (known === undefined) throw new Error(`${name} is called outside of the file that it is for`);
  return known(definition);
};

const moduleCache = new Map<string, { exports: unknown }>();
const stack: Seen[] = [];
const tabPages = new Map<string, Seen>();
const errors: string[] = [];
let memory: WebAssembly.Memory | undefined;
let phone: Phone;
let program: Program;
let config: AppConfig;
let api: object;

const frame = {
  title: () => document.querySelector(".bar-title") as HTMLElement,
  back: () => document.querySelector(".bar-back") as HTMLElement,
  screen: () => document.querySelector(".screen") as HTMLElement,
  tabs: () => document.querySelector(".tabs") as HTMLElement,
};

/** Starts the mini-program on this page. */
export function boot(given: Program, options: Boot = {}): void {
  program = given;
  config = program.configs["app"] as AppConfig;
  for (const { root, pages } of config.subPackages) config.pages.push(...pages.map((page) => `${root}/${page}`));
  const { storage, ...rest } = options.phone ?? {};
  phone = Object.assign(newPhone(), rest);
  for (const [key, value] of Object.entries(storage ?? {})) phone.storage.set(key, value);
  if (options.clock !== undefined) setClock(options.clock);
  glassEasel.globalOptions.throwGlobalError = false;
  glassEasel.addGlobalErrorListener((error: unknown) => {
    errors.push(error instanceof Error ? `${error.message}\n${error.stack}` : String(error));
    return false;
  });
  const env = new MiniProgramEnv();
  const context = new Backend();
  context.onEvent((target, type, detail, options) => {
    const event = new glassEasel.Event(type, detail, options);
    glassEasel.Event.dispatchEvent(target, event);
    return event.defaultPrevented() ? glassEasel.EventBubbleStatus.NoDefault : glassEasel.EventBubbleStatus.Normal;
  });
  const backend = env.associateBackend(context as never);
  const space = env.createCodeSpace("", true);
  for (const [path, text] of Object.entries(program.styles)) {
    space.addStyleSheet(path, path);
    backend.registerStyleSheetContent(path, text);
  }
  const templates = new Function(`return ${program.templates}`)() as Record<string, never>;
  for (const path of Object.keys(templates)) space.addCompiledTemplate(path, { groupList: templates, content: templates[path] } as never);
  const screens = { ...program.configs } as Record<string, { usingComponents?: Record<string, string> }>;
  const components = Object.values(config.usingComponents).map((path) => path.slice(1));
  for (const path of [...components, ...config.pages]) {
    space.addComponentStaticConfig(path, { ...screens[path], usingComponents: { ...config.usingComponents, ...screens[path]?.usingComponents } } as never);
  }
  api = shim(phone, { navigateTo, redirectTo, switchTab, navigateBack, title, tab, find });
  const launch = { onLaunch: undefined as (() => void) | undefined };
  registers = { App: (app) => (launch.onLaunch = (app as typeof launch).onLaunch) };
  load("app");
  launch.onLaunch?.call({});
  for (const path of [...components, ...config.pages]) {
    space.componentEnv(path, (globals) => {
      registers = globals as never;
      load(path);
    });
  }
  create = (path, query) => open(backend, space, path, query);
  drawTabs();
  switchTab(`/${config.pages[0]}`);
}

let create: (path: string, query: string) => Seen;

function open(backend: ReturnType<MiniProgramEnv["associateBackend"]>, space: ReturnType<MiniProgramEnv["createCodeSpace"]>, path: string, query: string): Seen {
  const node = document.createElement("div");
  node.className = "page-holder";
  const place = document.createElement("div");
  node.append(place);
  frame.screen().append(node);
  const root = backend.createRoot("page", space, path);
  root.attach(node as never, place as never);
  const caller = root.get() as unknown as Seen["caller"];
  const values = Object.fromEntries(new URLSearchParams(query));
  const seen: Seen = { path, root, caller, node, title: "" };
  stack.push(seen);
  caller["onLoad"]?.call(caller, values);
  return seen;
}

/** Runs a script with a phone's globals, and answers what it exports. */
function load(path: string): unknown {
  const found = moduleCache.get(path);
  if (found !== undefined) return found.exports;
  const source = program.scripts[path];
  if (source === undefined) throw new Error(`there is no script ${path}`);
  const module = { exports: {} as unknown };
  moduleCache.set(path, module);
  const require = (name: string): unknown => load(resolved(path, name));
  const given: Record<string, unknown> = { require, module, exports: module.exports, wx: api, WXWebAssembly: wasm(), Page: register("Page"), Component: register("Component"), App: register("App"), getCurrentPages: () => stack.map(({ caller }) => caller) };
  const names = [...Object.keys(given), ...ABSENT.filter((name) => name !== "eval")];
  const run = new Function(...names, `"use strict";${source}\n//# sourceURL=mini-program/${path}.js`);
  run(...Object.values(given));
  return module.exports;
}

function resolved(from: string, name: string): string {
  if (!name.startsWith(".")) {
    const inside = name.split("/").length === 1 ? `${name}/index` : name;
    return `miniprogram_npm/${inside}`;
  }
  const parts = from.split("/").slice(0, -1);
  for (const step of name.split("/")) {
    if (step === "..") parts.pop();
    else if (step !== ".") parts.push(step);
  }
  return parts.join("/");
}

let hasWasm = true;
export const withoutWasm = (): void => void (hasWasm = false);

function wasm(): object | undefined {
  if (!hasWasm) return undefined;
  return {
    async instantiate(path: unknown, imports: WebAssembly.Imports) {
      const packed = typeof path === "string" ? program.wasm[path] : undefined;
      if (packed === undefined) throw new Error(`WXWebAssembly takes a path inside of the package, not ${String(path)}`);
      const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
      const { instance } = await WebAssembly.instantiate(bytes, imports);
      memory = instance.exports["memory"] as WebAssembly.Memory;
      return { instance };
    },
  };
}

const bare = (url: string): [string, string] => {
  const [path = "", query = ""] = url.replace(/^\//, "").split("?");
  if (!config.pages.includes(path)) throw new Error(`there is no page ${path}`);
  return [path, query];
};
const isTab = (path: string): boolean => config.tabBar.list.some((it) => it.pagePath === path);
const top = (): Seen | undefined => stack[stack.length - 1];

function hide(seen: Seen | undefined): void {
  if (seen === undefined) return;
  seen.node.style.display = "none";
  seen.caller["onHide"]?.call(seen.caller);
}

function show(seen: Seen): void {
  seen.node.style.display = "";
  frame.screen().scrollTop = 0;
  frame.title().textContent = seen.title || "";
  frame.back().style.visibility = stack.length > 1 ? "visible" : "hidden";
  document.body.classList.toggle("has-tabs", isTab(seen.path));
  drawTabs(seen.path);
  seen.caller["onShow"]?.call(seen.caller);
}

function close(seen: Seen): void {
  seen.caller["onUnload"]?.call(seen.caller);
  seen.root.release();
  seen.node.remove();
}

function navigateTo(url: string): void {
  const [path, query] = bare(url);
  if (isTab(path)) throw new Error(`navigateTo:fail can not navigateTo a tabbar page ${path}`);
  if (stack.length >= 10) throw new Error("navigateTo:fail webview count limit exceed");
  hide(top());
  show(create(path, query));
}

function redirectTo(url: string): void {
  const [path, query] = bare(url);
  const gone = stack.pop();
  if (gone !== undefined) close(gone);
  show(create(path, query));
}

function switchTab(url: string): void {
  const [path] = bare(url);
  if (!isTab(path)) throw new Error(`switchTab:fail can not switch to no-tabBar page ${path}`);
  while (stack.length > 1) close(stack.pop() as Seen);
  const under = top();
  if (under !== undefined && under.path !== path) {
    if (isTab(under.path)) {
      hide(under);
      stack.pop();
    } else close(stack.pop() as Seen);
  }
  const kept = tabPages.get(path);
  if (kept !== undefined && under !== kept) stack.push(kept);
  const seen = kept ?? create(path, "");
  tabPages.set(path, seen);
  show(seen);
}

function navigateBack(): void {
  if (stack.length < 2) return;
  close(stack.pop() as Seen);
  show(top() as Seen);
}

function title(text: string): void {
  const seen = top();
  if (seen !== undefined) seen.title = text;
  frame.title().textContent = text;
}

const tabTexts = new Map<number, string>();
function tab(index: number, text: string): void {
  tabTexts.set(index, text);
  drawTabs(top()?.path);
}

function drawTabs(current = ""): void {
  const tabs = frame.tabs();
  tabs.replaceChildren(
    ...config.tabBar.list.map(({ pagePath, text, iconPath, selectedIconPath }, index) => {
      const item = document.createElement("div");
      const icon = document.createElement("img");
      icon.alt = "";
      icon.src = program.images[pagePath === current ? selectedIconPath : iconPath] ?? "";
      item.className = pagePath === current ? "tab on" : "tab";
      item.append(icon, tabTexts.get(index) ?? text);
      // Not `click`: the browser sends one after a touch that has just brought the tabs under the finger.
      item.addEventListener("pointerdown", () => switchTab(`/${pagePath}`));
      return item;
    }),
  );
}

function find(component: unknown, selector: string): HTMLElement | null {
  const { _$: inner } = component as { _$: { getShadowRoot(): { querySelector(selector: string): { getBackendElement(): unknown } | null } } };
  return (inner.getShadowRoot().querySelector(selector)?.getBackendElement() ?? null) as HTMLElement | null;
}

const trueNow = Date.now;
let offset = 0;
/** Sets the phone's clock, as in the system's settings; it runs on from there. */
export function setClock(at: number): void {
  offset = at - trueNow();
  Date.now = () => trueNow() + offset;
}

/** What tests ask and do beyond touching the screen. */
export const host = {
  phone: () => phone,
  errors: () => errors,
  memoryBytes: () => memory?.buffer.byteLength ?? 0,
  module: (path: string) => load(path),
  data: () => top()?.root.getComponent().data as Record<string, unknown>,
  path: () => top()?.path,
  depth: () => stack.length,
  back: navigateBack,
  go: (url: string) => (isTab(bare(url)[0]) ? switchTab(url) : navigateTo(url)),
  setClock,
  /** What a native picker answers. */
  pick(selector: string, value: string | number) {
    const node = (top() as Seen).node.querySelector(selector);
    node?.dispatchEvent(new CustomEvent("change", { detail: { value }, bubbles: false }));
    return node !== null;
  },
  capture: () => phone.captures.forEach((listener) => listener()),
};

Object.assign(globalThis, { boot, host, withoutWasm });
