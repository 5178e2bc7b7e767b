// The studio's words in the page's language.
import { speaking } from "../speak";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";

export { say } from "../speak";

export type Words = typeof zhCN;

export const words = speaking<Words>({ "zh-CN": zhCN, en });
