import { useEffect, useState } from "react";
import { Text, View } from "@tarojs/components";
import { createEngine } from "longma-miniprogram";
import rules from "longma-miniprogram/rules/gansu";
import { persons, tables } from "longma-miniprogram/samples";

const { facts, at } = persons[0];

// The path to which config/index.js copies the engine.
const shown = createEngine({ rules, tables, wasm: "/longma.wasm.br" }).then(
  (engine) => {
    const { tone, face, state_words: state } = engine.decide(facts).card(at);
    return { tone, text: `${face ? face.words["zh-CN"] : ""} ${state["zh-CN"]}` };
  },
  (error) => ({ tone: "grey", text: error.words("zh-CN") }),
);

export default function Index() {
  const [face, setFace] = useState({ tone: "grey", text: "…" });
  useEffect(() => {
    shown.then(setFace);
  }, []);
  return (
    <View className={face.tone}>
      <Text>{face.text}</Text>
    </View>
  );
}
