// The words of writing without code, in Chinese.
import type { FileFault, FileKind } from "../model/files";

const nameRules: Record<FileKind, string> = {
  case: "案例文件的名称不能含有 / 或以点、空格开头结尾，例如“密接”。",
  decision: "判定的名称由小写英文字母、数字和下划线组成，以字母开头，例如 code。",
  shared: "共用函数的文件名是 shared.rhai。",
  notice: "依据的名称由英文字母、数字、连字符和下划线组成，与清单里的依据同名。",
};

export const writeZhCN = {
  phrases: {
    Mends: "改正",
    "Nothing to mend on this line": "这一行没有可以自动改正的问题",
  } as Record<string, string>,
  mends: {
    mend: "改正：",
    none: "这个问题已经不在了，没有要改正的。",
  },
  files: {
    button: "文件",
    title: (pack: string) => `规则包 ${pack} 的文件`,
    notice: (key: string) => `原文 ${key}`,
    there: "已有的文件",
    rename: "改名",
    renameLabel: (name: string) => `给 ${name} 改名`,
    newName: "新名称",
    ok: "确定",
    cancel: "取消",
    remove: "删除",
    removeLabel: (name: string) => `删除 ${name}`,
    removePack: "删除这个规则包",
    removePackHelp: "删除它的全部文件。删除后可以恢复。",
    removed: (name: string) => `已删除 ${name}。`,
    removedPack: (pack: string) => `已删除规则包 ${pack}。`,
    bringBack: "恢复",
    add: "新文件",
    kind: "种类",
    kinds: { case: "案例", decision: "判定的脚本", shared: "共用函数", notice: "通告原文" } satisfies Record<FileKind, string>,
    name: "名称",
    create: "新建",
    readOnly: "这里只能阅读，不能新建、改名或删除文件。",
    fault(kind: FileKind, fault: FileFault, name: string): string {
      switch (fault) {
        case "empty":
          return "还没有写名称。请写一个名称。";
        case "exists":
          return kind === "shared" ? "这个规则包已经有共用函数。请打开它来修改。" : `“${name}”已经有了。请换一个名称。`;
        case "long":
          return "名称过长，或有空的一段。请缩短。";
        case "control":
          return "名称里有看不见的控制字符。请重新输入。";
        case "above":
        case "absolute":
        case "backslash":
        case "name":
          return nameRules[kind];
      }
    },
    template: {
      case: "# 案例：一句话、一个人的资料、各个时刻应有的颜色。 Cases: a sentence, one person's facts, and the colour at some instants.\n",
      decision: "// 每条规则写明意思、依据，以及从何时到何时是什么颜色。\n// Each rule says what it means, its source, and which colour holds from when until when.\n",
      shared: "// 本规则包各判定共用的函数。\n// Functions that the decisions of this pack share.\n",
      notice: "",
    } satisfies Record<FileKind, string>,
  },
  notice: {
    text: "通告原文",
    count: (pinned: number, all: number) => (all === 0 ? "原文里没有完整的句子" : `${all} 句中有 ${pinned} 句写成了规则`),
    leads: (rules: string[]) => `规则：${rules.join("、")}`,
    lost: "原文里找不到的段落",
    lostOne: (words: string) => `原文里没有这段话：“${words}”。`,
    toRule: (rule: string) => `看规则 ${rule}`,
    rule: "规则",
    pin: "标给这条规则",
    pinHelp: "在原文里选中一段话，再标给规则。",
    selected: (words: string) => `选中：“${words.length > 40 ? `${words.slice(0, 40)}……` : words}”`,
    pinTo: (rule: string) => `标给 ${rule}`,
    pinLabel: (words: string, rule: string) => `把“${words}”标给 ${rule}`,
    pinned: (rule: string) => `已标给 ${rule}`,
    bare: (n: number) => `还有 ${n} 句没有规则`,
    noRule: "还没有规则引用这个依据。在规则上面写“/// source:”和依据的名称，就可以把原文标给它。",
    edit: "修改原文",
    paste: "粘贴通告原文",
    pasteHelp: "粘贴后可以把每句话标给规则，看哪些还没有写成规则。",
    keep: "保存原文",
  },
};
