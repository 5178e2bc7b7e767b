// What is kept on the phone: encrypted where the platform offers it, and gone in one call. A failure to keep is told
// and never thrown: the app goes on with what it has in memory.

export type Kept = "facts" | "settings" | "last" | "seen" | "cache" | "gate";

/** Why something could not be kept: no room, or another reason. */
export type Refusal = "full" | "failed";

/** Reads what was kept; undefined if nothing was, or if it cannot be read. */
export function load<T>(key: Kept): Promise<T | undefined> {
  return new Promise((resolve) => {
    wx.getStorage({
      key,
      encrypt: true,
      success: ({ data }) => resolve(parsed(data as unknown) as T | undefined),
      fail: () => resolve(undefined),
    });
  });
}

/** Keeps something in place of what was kept before; answers why it could not. */
export function keep(key: Kept, value: unknown): Promise<Refusal | undefined> {
  return new Promise((resolve) => {
    wx.setStorage({
      key,
      data: JSON.stringify(value),
      encrypt: true,
      success: () => resolve(undefined),
      fail: ({ errMsg }) => resolve(/exceed|quota|limit|full|space/i.test(errMsg) ? "full" : "failed"),
    });
  });
}

/** Deletes everything of a person. Settings stay. */
export function forget(): Promise<void> {
  const keys: Kept[] = ["facts", "last", "cache"];
  const gone = keys.map((key) => new Promise<void>((resolve) => wx.removeStorage({ key, complete: () => resolve() })));
  return Promise.all(gone).then(() => undefined);
}

function parsed(data: unknown): unknown {
  if (typeof data !== "string") return undefined;
  try {
    return JSON.parse(data);
  } catch (error) {
    return undefined;
  }
}
