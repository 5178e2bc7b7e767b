// The words of the page with a holder's code, in its language.
import { speaking } from "../speak";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";

export { say } from "../speak";

export type Words = typeof zhCN;

export const words = speaking<Words>({ "zh-CN": zhCN, en });
