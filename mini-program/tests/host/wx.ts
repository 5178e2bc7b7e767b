// A strict stand-in for the platform's `wx`: the documented calls that this app may use, with the platform's limits.
// Whatever is not here does not exist, as on a phone, and using it is an error.

export interface Phone {
  language: string;
  storage: Map<string, string>;
  /** Bytes that storage takes in all, and for a key. */
  room: number;
  brightness: number;
  clipboard: string;
  titles: string[];
  toasts: string[];
  scanned: string[];
  /** What the person answers to a modal question. */
  agrees: boolean;
  location: { latitude: number; longitude: number } | null;
  requests: string[];
  /** Answers to requests, in order; without one there is no network. */
  answers: { status: number; text?: string; date?: string }[];
  /** Files on the network as base64, by address, null where there is none; they come before `answers`. */
  served: Record<string, string | null>;
  /** Files of the user's folder as base64, by path. */
  disk: Record<string, string>;
  vibrated: string[];
  opened: string[];
  captures: Set<() => void>;
  called: string[];
  /** Keys that were written or read without encryption. */
  plain: string[];
}

export const newPhone = (): Phone => ({
  language: "zh_CN",
  storage: new Map(),
  room: 10_485_760,
  brightness: 0.4,
  clipboard: "",
  titles: [],
  toasts: [],
  scanned: [],
  agrees: true,
  location: { latitude: 36.0611, longitude: 103.8343 },
  requests: [],
  answers: [],
  served: {},
  disk: {},
  vibrated: [],
  opened: [],
  captures: new Set(),
  called: [],
  plain: [],
});

interface Calls {
  success?(result: object): void;
  fail?(error: { errMsg: string }): void;
  complete?(result: object): void;
}

export interface Navigation {
  navigateTo(url: string): void;
  redirectTo(url: string): void;
  switchTab(url: string): void;
  navigateBack(): void;
  title(text: string): void;
  tab(index: number, text: string): void;
  /** The DOM node for the first element that a selector finds inside a component. */
  find(component: unknown, selector: string): HTMLElement | null;
}

const unpacked = (text: string): ArrayBuffer => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
const packed = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

const KEY_ROOM = 1_048_576;

export function shim(phone: Phone, navigation: Navigation): object {
  /** Answers as the platform does: later, and through callbacks. */
  const answer = (name: string, options: Calls | undefined, result: object | string): void => {
    queueMicrotask(() => {
      if (typeof result === "string") {
        const error = { errMsg: `${name}:fail ${result}` };
        options?.fail?.(error);
        options?.complete?.(error);
      } else {
        const found = { ...result, errMsg: `${name}:ok` };
        options?.success?.(found);
        options?.complete?.(found);
      }
    });
  };
  const used = (): number => [...phone.storage].reduce((sum, [key, value]) => sum + key.length + value.length * 2, 0);
  const wx = {
    getAppBaseInfo: () => ({ language: phone.language, SDKVersion: "3.5.0", theme: "light" }),
    getStorage: (options: Calls & { key: string; encrypt?: boolean }) => {
      if (options.encrypt !== true) phone.plain.push(options.key);
      const found = phone.storage.get(options.key);
      answer("getStorage", options, found === undefined ? "data not found" : { data: JSON.parse(found) as unknown });
    },
    setStorage: (options: Calls & { key: string; data: unknown; encrypt?: boolean }) => {
      if (options.encrypt !== true) phone.plain.push(options.key);
      const text = JSON.stringify(options.data);
      if (text.length > KEY_ROOM || used() + text.length * 2 > phone.room) return answer("setStorage", options, "exceed storage max size 10Mb");
      phone.storage.set(options.key, text);
      answer("setStorage", options, {});
    },
    removeStorage: (options: Calls & { key: string }) => {
      phone.storage.delete(options.key);
      answer("removeStorage", options, {});
    },
    request: (options: Calls & { url: string; responseType?: string }) => {
      phone.requests.push(options.url);
      const served = phone.served[options.url];
      if (served !== undefined && options.responseType === "arraybuffer") return answer("request", options, { statusCode: served === null ? 404 : 200, data: unpacked(served ?? ""), header: {} });
      const next = phone.answers.shift();
      if (next === undefined) answer("request", options, "timeout");
      else answer("request", options, { statusCode: next.status, data: next.text ?? "", header: next.date === undefined ? {} : { Date: next.date } });
    },
    env: { USER_DATA_PATH: "wxfile://usr" },
    getFileSystemManager: () => ({
      readFile: (options: Calls & { filePath: string }) => {
        const found = phone.disk[options.filePath];
        answer("readFile", options, found === undefined ? `no such file or directory, open ${options.filePath}` : { data: unpacked(found) });
      },
      writeFile: (options: Calls & { filePath: string; data: ArrayBuffer }) => {
        const disk = Object.values(phone.disk).reduce((sum, text) => sum + text.length, 0);
        if (disk + options.data.byteLength > phone.room) return answer("writeFile", options, "the maximum size of the file storage limit is exceeded");
        phone.disk[options.filePath] = packed(new Uint8Array(options.data));
        answer("writeFile", options, {});
      },
      rename: (options: Calls & { oldPath: string; newPath: string }) => {
        const found = phone.disk[options.oldPath];
        if (found === undefined) return answer("rename", options, `no such file or directory, rename ${options.oldPath}`);
        delete phone.disk[options.oldPath];
        phone.disk[options.newPath] = found;
        answer("rename", options, {});
      },
    }),
    vibrateShort: (options: Calls & { type: string }) => {
      phone.vibrated.push(`short ${options.type}`);
      answer("vibrateShort", options, {});
    },
    vibrateLong: (options: Calls) => {
      phone.vibrated.push("long");
      answer("vibrateLong", options, {});
    },
    getScreenBrightness: (options: Calls) => answer("getScreenBrightness", options, { value: phone.brightness }),
    setScreenBrightness: (options: Calls & { value: number }) => {
      phone.brightness = options.value;
      answer("setScreenBrightness", options, {});
    },
    setKeepScreenOn: (options: Calls) => answer("setKeepScreenOn", options, {}),
    onUserCaptureScreen: (listener: () => void) => void phone.captures.add(listener),
    offUserCaptureScreen: () => phone.captures.clear(),
    setNavigationBarTitle: (options: Calls & { title: string }) => {
      phone.titles.push(options.title);
      navigation.title(options.title);
      answer("setNavigationBarTitle", options, {});
    },
    setTabBarItem: (options: Calls & { index: number; text: string }) => {
      navigation.tab(options.index, options.text);
      answer("setTabBarItem", options, {});
    },
    navigateTo: (options: Calls & { url: string }) => {
      navigation.navigateTo(options.url);
      answer("navigateTo", options, {});
    },
    redirectTo: (options: Calls & { url: string }) => {
      navigation.redirectTo(options.url);
      answer("redirectTo", options, {});
    },
    switchTab: (options: Calls & { url: string }) => {
      navigation.switchTab(options.url);
      answer("switchTab", options, {});
    },
    navigateBack: (options?: Calls) => {
      navigation.navigateBack();
      answer("navigateBack", options, {});
    },
    showToast: (options: Calls & { title: string }) => {
      phone.toasts.push(options.title);
      answer("showToast", options, {});
    },
    showModal: (options: Calls & { content: string }) => answer("showModal", options, { confirm: phone.agrees, cancel: !phone.agrees }),
    setClipboardData: (options: Calls & { data: string }) => {
      phone.clipboard = options.data;
      answer("setClipboardData", options, {});
    },
    getClipboardData: (options: Calls) => answer("getClipboardData", options, { data: phone.clipboard }),
    scanCode: (options: Calls) => {
      const next = phone.scanned.shift();
      answer("scanCode", options, next === undefined ? "cancel" : { result: next, scanType: "QR_CODE" });
    },
    getLocation: (options: Calls) => answer("getLocation", options, phone.location ?? "auth deny"),
    openLocation: (options: Calls & { name?: string }) => {
      phone.opened.push(options.name ?? "");
      answer("openLocation", options, {});
    },
    makePhoneCall: (options: Calls & { phoneNumber: string }) => {
      phone.called.push(options.phoneNumber);
      answer("makePhoneCall", options, {});
    },
    getRandomValues: (options: Calls & { length: number }) => answer("getRandomValues", options, { randomValues: crypto.getRandomValues(new Uint8Array(options.length)).buffer }),
    nextTick: (work: () => void) => queueMicrotask(work),
    createSelectorQuery: () => {
      let [component, selector]: [unknown, string] = [null, ""];
      const query = {
        in: (given: unknown) => ((component = given), query),
        select: (given: string) => ((selector = given), query),
        fields: (_: object) => query,
        exec: (done: (found: unknown[]) => void) => {
          queueMicrotask(() => {
            const node = navigation.find(component, selector);
            done([node === null ? null : { node, width: node.clientWidth, height: node.clientHeight }]);
          });
        },
      };
      return query;
    },
  };
  return new Proxy(wx, {
    get(known, name) {
      if (name in known) return known[name as keyof typeof known];
      if (typeof name === "symbol") return undefined;
      throw new Error(`wx.${name} is not among the calls that the shim knows`);
    },
  });
}
