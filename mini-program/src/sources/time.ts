// The server's time, from the `Date` header of any answer.
import { config } from "../config";

/** Milliseconds since 1970; undefined if no address is set or it does not answer. */
export function serverTime(): Promise<number | undefined> {
  if (config.timeUrl === "") return Promise.resolve(undefined);
  return new Promise((resolve) => {
    wx.request({
      url: config.timeUrl,
      method: "HEAD",
      timeout: 5000,
      success: ({ header }) => {
        const text = (header as Record<string, string>)["Date"] ?? (header as Record<string, string>)["date"] ?? "";
        const at = Date.parse(text);
        resolve(Number.isNaN(at) ? undefined : at);
      },
      fail: () => resolve(undefined),
    });
  });
}
