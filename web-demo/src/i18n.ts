// The card page's words in its language.
import { speaking } from "./speak";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";

export { locale, setLocale } from "./locale";
export { say } from "./speak";

export type Messages = typeof zhCN;

/** The page's own messages in its language. */
export const messages = speaking<Messages>({ "zh-CN": zhCN, en });
