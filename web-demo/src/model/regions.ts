// Regions to choose from (GB/T 2260): Gansu's fourteen prefectures with some of their counties, and Beijing as
// "elsewhere", where only the national plan is loaded.
import type { Texts } from "../types";

export interface Region {
  code: string;
  name: Texts;
}
export interface RegionGroup {
  name: Texts;
  regions: Region[];
}

const texts = (zh: string, en: string): Texts => ({ "zh-CN": zh, en });
const region = (code: string, zh: string, en: string): Region => ({ code, name: texts(zh, en) });

export const regionGroups: readonly RegionGroup[] = [
  {
    name: texts("兰州市", "Lanzhou"),
    regions: [
      region("620100", "兰州市", "Lanzhou"),
      region("620102", "城关区", "Chengguan"),
      region("620103", "七里河区", "Qilihe"),
      region("620104", "西固区", "Xigu"),
      region("620105", "安宁区", "Anning"),
      region("620111", "红古区", "Honggu"),
      region("620121", "永登县", "Yongdeng"),
      region("620122", "皋兰县", "Gaolan"),
      region("620123", "榆中县", "Yuzhong"),
    ],
  },
  {
    name: texts("甘肃省其他市州", "Elsewhere in Gansu"),
    regions: [
      region("620200", "嘉峪关市", "Jiayuguan"),
      region("620302", "金昌市金川区", "Jinchuan, Jinchang"),
      region("620402", "白银市白银区", "Baiyin"),
      region("620502", "天水市秦州区", "Qinzhou, Tianshui"),
      region("620602", "武威市凉州区", "Liangzhou, Wuwei"),
      region("620702", "张掖市甘州区", "Ganzhou, Zhangye"),
      region("620802", "平凉市崆峒区", "Kongtong, Pingliang"),
      region("620902", "酒泉市肃州区", "Suzhou, Jiuquan"),
      region("620982", "酒泉市敦煌市", "Dunhuang, Jiuquan"),
      region("621002", "庆阳市西峰区", "Xifeng, Qingyang"),
      region("621102", "定西市安定区", "Anding, Dingxi"),
      region("621202", "陇南市武都区", "Wudu, Longnan"),
      region("622901", "临夏州临夏市", "Linxia"),
      region("623001", "甘南州合作市", "Hezuo, Gannan"),
    ],
  },
  {
    name: texts("甘肃省外", "Outside Gansu"),
    regions: [region("110000", "其他地区（仅全国方案）", "Elsewhere (national plan only)")],
  },
];

/** Schemes that belong to an organisation and to no region; nobody lives there. */
const organisations: readonly Region[] = [region("org-campus", "示例高校", "Example university")];

/** The name of a listed region, or of an organisation. */
export function regionName(code: string): Texts | undefined {
  const listed = [...regionGroups.flatMap((group) => group.regions), ...organisations];
  return listed.find((one) => one.code === code)?.name;
}
