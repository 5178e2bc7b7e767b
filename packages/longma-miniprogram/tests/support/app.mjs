// A mini-program's app and page on the phone of phone.mjs, as far as frameworks need them: what a page hands to `setData`.

/** Ends when `done` answers something, and fails after ten seconds with what `told` says. */
async function until(done, told) {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = done();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it did not come: ${told()}`);
    await new Promise((next) => setImmediate(next));
  }
}

/** What frameworks ask their platform while they start. */
const ANSWERS = {
  getSystemInfoSync: () => ({ platform: "android", SDKVersion: "3.0.0", pixelRatio: 2, windowWidth: 375 }),
  getLaunchOptionsSync: () => ({}),
  getEnterOptionsSync: () => ({}),
  getStorageSync: () => undefined,
  setStorageSync: () => undefined,
  onAppShow: () => undefined,
  onAppHide: () => undefined,
  canIUse: () => true,
};

/** Starts the app on a phone, opens a page, and waits until what it has set passes `shown`. Returns all of it as text. */
export async function opened(device, path, shown) {
  const { context } = device;
  const made = {};
  const set = [];
  const instance = {
    route: path,
    __route__: path,
    is: path,
    options: {},
    properties: {},
    data: {},
    setData(data, then) {
      set.push(JSON.stringify(data));
      Object.assign(instance.data, data);
      if (then !== undefined) setImmediate(then);
    },
    triggerEvent: () => undefined,
    selectComponent: () => null,
    selectAllComponents: () => [],
  };
  for (const [name, answer] of Object.entries(ANSWERS)) context.wx[name] ??= answer;
  Object.assign(context, {
    // WeChat's scripts have this object; uni-app keeps its state in it.
    global: {},
    App: (app) => (made.app = app),
    Page: (page) => (made.page = page),
    Component: (component) => (made.component = component),
    Behavior: (behavior) => behavior,
    getApp: () => made.app,
    getCurrentPages: () => [instance],
  });
  device.require("/app.js");
  made.app?.onLaunch?.call(made.app, { path, query: {} });
  device.require(`/${path}.js`);
  const { page, component } = made;
  Object.assign(instance, page ?? component.methods, { data: { ...(page ?? component).data } });
  component?.lifetimes?.attached?.call(instance);
  instance.onLoad?.({});
  instance.onShow?.();
  component?.lifetimes?.ready?.call(instance);
  instance.onReady?.();
  return until(() => (shown(set.join("\n")) ? set.join("\n") : ""), () => set.join("\n"));
}
