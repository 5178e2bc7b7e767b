// Regions of Gansu by GB/T 2260, for the form and the card. A province puts its own here.
import type { Texts } from "longma-miniprogram";

export const regions: { code: string; name: Texts }[] = [
  ["620102", "兰州市城关区", "Chengguan, Lanzhou"],
  ["620103", "兰州市七里河区", "Qilihe, Lanzhou"],
  ["620104", "兰州市西固区", "Xigu, Lanzhou"],
  ["620105", "兰州市安宁区", "Anning, Lanzhou"],
  ["620111", "兰州市红古区", "Honggu, Lanzhou"],
  ["620121", "兰州市永登县", "Yongdeng, Lanzhou"],
  ["620122", "兰州市皋兰县", "Gaolan, Lanzhou"],
  ["620123", "兰州市榆中县", "Yuzhong, Lanzhou"],
  ["620200", "嘉峪关市", "Jiayuguan"],
  ["620300", "金昌市", "Jinchang"],
  ["620400", "白银市", "Baiyin"],
  ["620500", "天水市", "Tianshui"],
  ["620600", "武威市", "Wuwei"],
  ["620700", "张掖市", "Zhangye"],
  ["620800", "平凉市", "Pingliang"],
  ["620900", "酒泉市", "Jiuquan"],
  ["621000", "庆阳市", "Qingyang"],
  ["621100", "定西市", "Dingxi"],
  ["621200", "陇南市", "Longnan"],
  ["622900", "临夏回族自治州", "Linxia"],
  ["623000", "甘南藏族自治州", "Gannan"],
].map(([code = "", zh = "", en = ""]) => ({ code, name: { "zh-CN": zh, en } }));

export const regionName = (code: string, lang: keyof Texts): string => regions.find((it) => it.code === code)?.name[lang] ?? code;
