// Facts and tables over HTTP: tried again after a pause, and the last good answer is used in flight mode.
import { config } from "../config";
import { keep, load } from "../lib/store";
import { SourceError, type Source } from "./source";

/** Pauses before each further try, in milliseconds. */
const PAUSES = [500, 2000];

type Cache = Record<string, string>;

export function fromHttp(url: string, pauses: readonly number[] = PAUSES): Source {
  return {
    async read() {
      for (const pause of [0, ...pauses]) {
        if (pause > 0) await new Promise<void>((resolve) => setTimeout(resolve, pause));
        const answer = await ask(url);
        if (answer === "again") continue;
        if (answer === "refused") throw new SourceError("refused");
        if (answer.text.length > config.largestFacts) throw new SourceError("tooLarge");
        await keep("cache", { ...(await load<Cache>("cache")), [url]: answer.text });
        return answer.text;
      }
      const kept = (await load<Cache>("cache"))?.[url];
      if (kept === undefined) throw new SourceError("unreachable");
      return kept;
    },
  };
}

function ask(url: string): Promise<{ text: string } | "again" | "refused"> {
  return new Promise((resolve) => {
    wx.request({
      url,
      dataType: "其他",
      responseType: "text",
      timeout: 8000,
      success: ({ statusCode, data }) => {
        if (statusCode >= 200 && statusCode < 300 && typeof data === "string") resolve({ text: data });
        else resolve(statusCode >= 500 || statusCode === 429 ? "again" : "refused");
      },
      fail: () => resolve("again"),
    });
  });
}
