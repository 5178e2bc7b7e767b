// Facts that were pasted or scanned.
import { config } from "../config";
import { SourceError, type Source } from "./source";

export function fromText(text: string): Source {
  return {
    read() {
      if (text.length > config.largestFacts) return Promise.reject(new SourceError("tooLarge"));
      try {
        JSON.parse(text);
      } catch (error) {
        return Promise.reject(new SourceError("notJson"));
      }
      return Promise.resolve(text);
    },
  };
}
