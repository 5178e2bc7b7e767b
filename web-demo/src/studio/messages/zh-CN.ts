// The studio's own words in Chinese. What the packs and the language server say comes from them, in both languages.
import type { Keeping } from "../desk";
import type { Severity } from "../language";
import type { NameFault } from "../model/names";
import type { Fault } from "../model/zip";
import type { Kind, Work } from "../store";
import { publishing } from "./publishing.zh-CN";
import { trying } from "./try.zh-CN";
import { writeZhCN } from "./write.zh-CN";

const nameFaults: Record<NameFault, string> = {
  absolute: "是绝对路径",
  above: "含有“.”或“..”",
  backslash: "含有反斜杠",
  control: "含有看不见的控制字符",
  long: "过长，或有空的一段",
};

const num = (n: number): string => n.toLocaleString("zh-CN");

function refused(name: string, fault: Fault): string {
  const head = name === "" ? "未打开：" : `未打开 ${name}：`;
  switch (fault.what) {
    case "not-zip":
      return `${head}这不是 ZIP 文件。请选择从这里或从规则目录导出的 ZIP。`;
    case "cut":
      return `${head}文件不完整，可能没有传完。请重新获取后再试。`;
    case "empty":
      return `${head}里面没有规则包。请选择含有 packs/ 的文件夹或 ZIP。`;
    case "zip-size":
      return `${head}文件超过 16 MB。请只打包 packs、schema 和 reference。`;
    case "files":
      return `${head}文件超过 4000 个。请只打包 packs、schema 和 reference。`;
    case "total":
      return `${head}解压后超过 32 MB。请只打包 packs、schema 和 reference。`;
    case "name":
      return `${head}文件名 ${JSON.stringify(fault.file)} ${nameFaults[fault.why]}。请改名后重新打包。`;
    case "size":
      return `${head}${fault.file} 超过 2 MB。请去掉它后重新打包。`;
    case "twice":
      return `${head}${fault.file} 出现了两次。请只留一份后重新打包。`;
    case "locked":
      return `${head}${fault.file} 有密码。请去掉密码后重新打包。`;
    case "method":
      return `${head}${fault.file} 的压缩方式不认识。请用普通的 ZIP 重新打包。`;
    case "link":
      return `${head}${fault.file} 是链接而不是文件。请换成文件后重新打包。`;
    case "damaged":
      return `${head}${fault.file} 已损坏。请重新获取后再试。`;
    case "not-text":
      return `${head}${fault.file} 不是文本。请存为 UTF-8。`;
  }
}

export const zhCN = {
  page: {
    title: "陇码 · 规则工作台",
    name: "规则工作台",
    language: "语言",
    card: "健康码页面",
    skip: "跳到编辑器",
    loading: "正在载入规则包……",
    failed: "规则包没有载入。请刷新页面。",
    detail: "技术细节：",
  },
  panes: {
    label: "窗格",
    tree: "规则包",
    editor: "编辑",
    sources: "依据",
    findings: "问题",
    cases: "案例",
  },
  work: {
    names: {
      shipped: () => "随附的规则包",
      zip: (name: string) => `ZIP：${name}`,
      folder: (name: string) => `文件夹：${name}`,
      link: () => "分享链接",
    } satisfies Record<Kind, (name: string) => string>,
    changed: (n: number) => `${n} 个文件有改动`,
    unchanged: "没有改动",
  },
  keep: {
    kept: "已保存在本机",
    keeping: "正在保存……",
    full: "空间不足，未保存",
    failed: "未能保存",
    off: "不会保存",
    reading: "只读",
    savedHere: "已保存，正在检查全部规则包",
    exported: (n: number, folder: string) => `已向 ${folder} 写入 ${n} 个文件`,
    notOver: (files: string[]) => `没有写入：文件夹里已有同名而内容不同的文件：${files.join("、")}。请选一个空文件夹。`,
    written: (n: number) => (n === 0 ? "没有要写回的改动" : `已写回 ${n} 个文件`),
    fullNotice: "设备上的空间已满：改动只留在这个页面里，关闭后会丢失。请导出 ZIP。",
    failedNotice: "浏览器没有存下改动：它们只留在这个页面里，关闭后会丢失。请导出 ZIP。",
    offNotice: "这个浏览器不能在本机保存工作：关闭页面后改动会丢失。请导出 ZIP。",
  } satisfies Record<Keeping, string> & Record<string, unknown>,
  hold: {
    other: "这项工作在另一个标签页里打开着，这里只能阅读。",
    take: "在这里接管",
  },
  open: {
    button: "打开",
    title: "打开规则包",
    close: "关闭",
    recent: "本机上的工作",
    current: "当前",
    opened: (work: Work) => `上次打开：${new Date(work.opened).toLocaleString("zh-CN", { dateStyle: "medium", timeStyle: "short" })}`,
    resume: "继续",
    remove: "删除",
    removeLabel: (name: string) => `从本机删除 ${name}`,
    removeSure: "确定删除？改动无法恢复",
    shipped: "随附的规则包",
    shippedHelp: "随本页发布的全国、甘肃、兰州、北京等地规则。",
    folder: "文件夹",
    folderHelp: "直接编辑本机文件夹，保存时写回。",
    noFolder: "这个浏览器不能打开文件夹，请用 ZIP。",
    zip: "ZIP 文件",
    zipHelp: "从这里或从规则目录打包的 ZIP。",
    chooseZip: "选择 ZIP……",
    chooseFolder: "选择文件夹……",
    private: "文件只在本机打开，不会上传。",
    exportZip: "导出 ZIP",
    schemasAdded: "其中没有 schema/，已用随附的字段定义和表。",
    folderGone: (name: string) => `刷新后与文件夹 ${name} 的连接已断开：这里是上次的内容。要写回，请重新打开该文件夹，或导出 ZIP。`,
    changedThere: (files: string[]) => `没有写回，因为文件夹里的文件在打开后被别处改过：${files.join("、")}`,
    older: (files: string[]) => `随附的规则包已更新，这些文件仍是你在旧版上的改动：${files.join("、")}`,
    writeAnyway: "仍然写回",
    failed: (name: string, detail: string) => `未打开 ${name}：${detail}`,
  },
  refused,
  share: {
    button: "分享",
    title: "分享链接",
    help: "链接里带着改动过的文件，打开的人看到与你相同的内容。内容在 # 之后，不会发给任何服务器。",
    link: "链接",
    copy: "复制",
    copied: "已复制",
    same: "还没有改动，没有要分享的。",
    tooLarge: "改动太多，放不进链接。请导出 ZIP。",
    tooLargeIn: "分享链接过长，没有打开。请向对方要 ZIP。",
    broken: "分享链接不完整或已损坏，没有打开。请重新复制整条链接。",
    otherEdition: "分享者用的随附规则包与这里的版本不同，未改动的文件可能不一样。",
  },
  tree: {
    label: "按地区和系列列出的规则包",
    filter: "筛选规则包",
    none: "没有符合的规则包。",
    regions: { cn: "全国", "11": "北京", "62": "甘肃", "6201": "兰州" } as Record<string, string>,
    main: "主系列",
    span: (from: string, until: string) => `自 ${from} 至 ${until}`,
    open: "未定",
    edited: "有改动",
      },
  counts: (count: Record<Severity, number>) =>
    [
      count.error > 0 ? `${count.error} 个错误` : "",
      count.warning > 0 ? `${count.warning} 个警告` : "",
      count.info > 0 ? `${count.info} 条提示` : "",
    ]
      .filter((part) => part !== "")
      .join("，"),
  editor: {
    tabs: "规则包的文件",
    label: (file: string) => `${file} 的内容`,
    files: { "pack.toml": "清单", "captions.toml": "文案", "approvals.toml": "批准", "shared.rhai": "共用函数" } as Record<string, string>,
    cases: (name: string) => `案例 ${name}`,
    keys: "Ctrl+空格 补全，F12 看定义，F8 下一个问题，Ctrl+. 改正，Ctrl+S 保存，F6 换窗格",
    starting: "正在检查全部规则包……",
    ready: "边写边查",
    stopped: "检查已停止",
    none: "请选择一个规则包。",
    phrases: {
      Find: "查找",
      Replace: "替换为",
      next: "下一个",
      previous: "上一个",
      all: "全部",
      "match case": "区分大小写",
      regexp: "正则表达式",
      "by word": "整词",
      replace: "替换",
      "replace all": "全部替换",
      close: "关闭",
      "current match": "当前匹配",
      "replaced $ matches": "已替换 $ 处",
      "replaced match on line $": "已替换第 $ 行的匹配",
      "on line": "在第",
      "Go to line": "跳到行",
      go: "跳转",
      Diagnostics: "问题",
      "No diagnostics": "没有问题",
      Completions: "补全",
      "New name": "新名称",
      rename: "改名",
      "Reference list": "引用列表",
      "Folded lines": "已折叠的行",
      "Unfolded lines": "已展开的行",
      to: "至",
      "folded code": "已折叠的内容",
      unfold: "展开",
      "Fold line": "折叠",
      "Unfold line": "展开",
      "Selection deleted": "已删除所选",
      "Control character": "控制字符",
      "Find definition failed": "没有找到定义",
      "Rename request failed": "没有改名",
      "Formatting request failed": "没有排版",
      "Finding references failed": "没有找到引用",
      "Signature request failed": "没有找到参数说明",
    } as Record<string, string>,
  },
  findings: {
    title: "问题",
    scope: "范围",
    pack: "本规则包",
    house: "全部规则包",
    info: "也显示提示",
    none: "没有问题。",
    noneHere: "本规则包没有问题。",
    severity: { error: "错误", warning: "警告", info: "提示" } satisfies Record<Severity, string>,
    place: (file: string, line: number) => `${file} 第 ${line} 行`,
  },
  cases: {
    title: "案例",
    tally: (passed: number, failed: number) => (failed === 0 ? `${passed} 个通过` : `${failed} 个未通过，${passed} 个通过`),
    passed: "通过",
    failed: "未通过",
    waiting: "正在运行案例……",
    none: "这个规则包没有案例。",
    unloadable: "规则包有错误，无法载入，案例没有运行。",
    toFindings: "看问题",
    onlyFailed: "只看未通过",
    allPassed: "案例全部通过。",
    line: (line: number) => `第 ${line} 行`,
    lower: "编辑器下方的窗格",
  },
  sources: {
    title: "依据",
    none: "这个规则包没有列出依据。",
    date: "日期",
    grade: "等级",
    grades: { V: "读过公布的原文", W: "见于二手资料", A: "推定" } as Record<string, string>,
    inherited: (pack: string) => `见 ${pack}`,
    unknown: "没有规则包列出这个依据",
    citedBy: "引用它的规则和参数",
    notCited: "没有规则引用",
    show: "在清单里看：",
  },
  views: {
    label: "工作台的页面",
    write: "编写",
    try: "试算",
    compare: "谁会变色",
    publish: "发布",
  },
  publish: {
    title: "发布前检查",
    pack: "规则包",
    version: "版本",
    noVersion: "清单没有写版本",
    effective: "有效期",
    authority: "发布机关",
    severity: { error: "错误", warning: "警告", info: "提示" } satisfies Record<Severity, string>,
    assumed: "推定的参数",
    units: { minutes: "分钟", hours: "小时", days: "天", celsius: "℃" } as Record<string, string>,
    noneAssumed: "这个规则包没有推定的参数。",
    noNote: "没有写明理由",
    noGrade: "没有等级",
    files: "文件",
    filesHelp: "都由全部规则包生成，不只是上面这一个。",
    book: "规则手册",
    bookHelp: "一个网页文件，用当前语言，可以阅读和打印。",
    compiled: "编译好的规则包",
    compiledHelp: ".longma 文件，供引擎载入。",
    zip: "规则包的源文件",
    zipHelp: "脚本、清单、文案和案例。",
    folder: "同样内容的文件夹",
    folderHelp: "写入这台设备上的文件夹，已有的文件不会被覆盖。",
    noFolder: "这个浏览器不能写文件夹，ZIP 里是同样的内容。",
    save: "保存",
    making: "正在生成……",
    made: (name: string) => `已生成 ${name}`,
  },
  compare: {
    title: "谁会变色",
    about: {
      shipped: "在虚构人员身上，比较随附的规则包与你现在的规则包。",
      zip: "在虚构人员身上，比较打开时的 ZIP 与你现在的规则包。",
      folder: "在虚构人员身上，比较文件夹里的规则包与你现在的规则包。",
      link: "在虚构人员身上，比较随附的规则包与这个链接里的规则包。",
    } satisfies Record<Kind, string>,
    region: "地区",
    everywhere: "全部地区",
    persons: "人数",
    unit: "人",
    start: "开始比较",
    stop: "停止",
    page: "存为网页",
    progressLabel: "已比较的人数",
    preparing: "正在载入两边的规则包……",
    progress: {
      counting: (n: number, of: number) => `已比较 ${num(n)} / ${num(of)} 人`,
      stopping: (n: number, of: number) => `正在停止：${num(n)} / ${num(of)} 人`,
      stopped: (n: number, of: number) => `已停止：比较了 ${num(n)} / ${num(of)} 人`,
      done: (n: number, _of: number) => `已完成：比较了 ${num(n)} 人`,
    },
    stale: "规则在比较开始后有改动，结果是改动之前的。",
    unloadable: { before: "原来的规则包有错误，无法比较：", after: "现在的规则包有错误，请先改正：" } satisfies Record<"before" | "after", string>,
    refusedAll: "无法继续：",
    broke: "计算中断，请重新开始。",
    nobody: (n: number) => `比较了 ${num(n)} 人，没有人的结果有变化。`,
    somebody: "结果有变化的判定",
    same: (names: string[]) => `没有变化：${names.join("、")}`,
    alone: [(names: string[]) => `只在原来有的判定：${names.join("、")}`, (names: string[]) => `只在现在有的判定：${names.join("、")}`] as [(names: string[]) => string, (names: string[]) => string],
    refused: (n: number) => `${num(n)} 人的资料被拒绝。`,
    changed: (persons: number, days: number) => `${num(persons)} 人有变化，共 ${num(days)} 人·天`,
    amount: (persons: number, days: number) => `${num(persons)} 人，${num(days)} 人·天`,
    people: (n: number) => `${num(n)} 人`,
    byLevel: "各级别的人数和人·天",
    level: "级别",
    before: "原来",
    after: "现在",
    matrix: "从哪一级到哪一级",
    corner: "原来 ↓ 现在 →",
    rules: "起作用的规则",
    noRules: "没有只在一边成立的规则。",
    only: ["只在原来成立", "只在现在成立"] as [string, string],
    kinds: "变化的种类",
    becomes: "变为",
    more: (n: number) => `另有 ${num(n)} 人属于其他种类。`,
    example: "最小的例子",
    differs: "不同的时间：",
    and: "；",
    facts: "例子的资料（JSON）",
    tables: "例子用到的表",
    span: (from: string | null, until: string | null) => (from === null ? (until === null ? "始终" : `${until} 之前`) : until === null ? `${from} 起` : `${from} 至 ${until}`),
    first: "规则包生效的那一刻",
    firstHelp: "因为更早的资料，在规则包生效的第一刻就变色的人。",
    blind: (n: number) => `未触及的规则：${n} 条`,
    blindHelp: "这些规则没有对任何虚构人员成立，比较没有说明它们的影响。",
    noRule: (rule: string) => `现在的规则包里没有 ${rule}。`,
  },
  server: {
    stopped: (detail: string) => `检查已停止，仍可编辑和导出。（${detail}）`,
    restart: "重新开始检查",
  },
  notices: { label: "消息", dismiss: "知道了" },
  tour: {
    label: "导览",
    step: (n: number, of: number) => `第 ${n} 步，共 ${of} 步`,
    next: "下一步",
    done: "开始",
    skip: "跳过导览",
    steps: [
      { title: "规则包", text: "规则包按地区和系列列出，横条是生效的时间。可以按名称筛选。" },
      { title: "脚本", text: "每个判定是一个脚本。上面的标签是同一规则包的文案、清单和案例。每条规则上面写着它的意思和依据。" },
      { title: "边写边查", text: "写错会划线。输入点号列出字段，鼠标停在词上有说明，F12 跳到定义，例如参数在清单里的位置。" },
      { title: "问题和依据", text: "“问题”列出要改的地方，点一下跳到那里。“依据”列出每条规则引用的来源。" },
      { title: "工作留在本机", text: "改动自动存在这台设备上，不会上传。可以导出 ZIP，或用链接分享。" },
    ] as readonly { title: string; text: string }[],
  },
  try: trying,
  publishing,
  write: writeZhCN,
};
