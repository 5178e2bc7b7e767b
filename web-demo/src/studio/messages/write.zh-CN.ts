// The words of writing without code, in Chinese.
import type { FileFault, FileKind } from "../model/files";
import type { Step } from "../model/guide";
import type { Mark } from "../model/notice";

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
    pinLabel: (words: string, rule: string) => `标给 ${rule}：“${words}”`,
    pinned: (rule: string) => `已标给 ${rule}`,
    bare: (n: number) => `还有 ${n} 句没有规则`,
    noRule: "还没有规则引用这个依据。在规则上面写“/// source:”和依据的名称，就可以把原文标给它。",
    edit: "修改原文",
    paste: "粘贴通告原文",
    pasteHelp: "粘贴后可以把每句话标给规则，看哪些还没有写成规则。",
    keep: "保存原文",
  },
  guide: {
    title: (done: number, all: number) => `从通告到规则包：${all} 步中完成 ${done} 步`,
    done: "已完成",
    open: "未完成",
    steps: {
      cases: "先写案例：照通告写，换掉示例",
      numbers: "清单：日期、依据和数",
      rule: "写规则",
      captions: "写市民看到的文字",
      check: "检查没有错误和警告",
      green: "案例全部通过",
      compare: "比较谁会变色",
      review: "发布前检查",
    } satisfies Record<Step, string>,
    questions: "要向发文机关问清的：",
    end: "不再显示这些步骤",
  },
  wizard: {
    button: "从通告新建",
    title: "从通告新建规则包",
    steps: { notice: "通告", marks: "标记", pack: "规则包", summary: "确认" },
    heads: { notice: "是哪一份通告？", marks: "拿铅笔读一遍", pack: "在哪里、什么时候有效？", summary: "将新建这些" },
    noticeTitle: "通告的标题、文号",
    noticeTitleEn: "英文标题（可以不写）",
    noticeDate: "发布日期",
    grade: "等级",
    noticeText: "通告原文",
    noTitle: "还没有写标题。请写上通告的标题，它会成为规则的依据。",
    noDate: "还没有写日期。请写上通告发布的日期。",
    noText: "没有粘贴原文，所以不能标记。可以返回上一步粘贴，也可以继续，六项都会列为要问的问题。",
    marksHelp: "在原文里选中一段话，再按它说的是什么。标不出来的，不要猜，会列为要向发文机关问清的问题。",
    selectFirst: "请先在原文里选中一段话。",
    marks: { who: "哪些人", colour: "什么颜色", from: "从何时起", until: "到何时止", ends: "什么使它提前结束", holds: "通告何时有效" } satisfies Record<Mark, string>,
    questions: {
      who: "通告没有说明是哪些人。",
      colour: "通告没有说明是什么颜色。",
      from: "通告没有说明从何时起变色。",
      until: "通告没有说明到何时止。",
      ends: "通告没有说明什么使它提前结束。",
      holds: "通告没有说明自己何时有效。",
    } satisfies Record<Mark, string>,
    marked: (mark: string, words: string) => `${mark}：“${words}”`,
    unmark: "去掉",
    unmarkLabel: (words: string) => `去掉“${words}”`,
    fields: {
      region: "地区（全国写 cn，其他写地区代码）",
      from: "生效的第一天",
      until: "不再生效的第一天（可以不写）",
      like: "沿用以前的规则包",
      inherits: "在什么之上",
      decision: "判定（不写就是健康码）",
      subject: "对象",
      title: "规则包的标题",
      title_en: "规则包的英文标题",
    },
    untilHelp: "“有效至 6 月 30 日 24 时”就写 7 月 1 日。",
    fresh: "不沿用，从头写起",
    fitting: "自动：上一级地区当时有效的规则",
    inheritsNone: "不在任何规则之上",
    planOf: (region: string) => `${region}当时有效的规则`,
    subjects: { person: "人", venue: "场所", area: "区域", clinic: "诊室", passenger: "乘客", campus_visitor: "校园访客", forest_visitor: "进入林区的人" } as Record<string, string>,
    closePrevious: "让前一个规则包在新规则包生效时结束",
    asking: "正在生成规则包，并运行它的案例……",
    id: "规则包：",
    files: "新文件",
    textToo: "通告原文",
    changes: "随之修改的文件",
    remarks: "需要知道的",
    back: "上一步",
    next: "下一步",
    create: "新建",
    startOver: "清空重来",
    kept: "填写的内容会留在本机，关闭后可以接着填。",
    made: (pack: string) => `已新建规则包 ${pack}。请先写案例。`,
    takeBack: "撤销新建",
  },
};
