import { useEffect, useState } from "react";
import { Text, View } from "@tarojs/components";
import { createEngine } from "longma-miniprogram";
import rules from "longma-miniprogram/rules/gansu";
import { persons, tables } from "longma-miniprogram/samples";

// The path to which config/index.js copies the engine.
const engine = createEngine({ rules, tables, wasm: "/longma.wasm.br" });

export default function Index() {
  const [face, setFace] = useState({ tone: "grey", text: "…" });
  useEffect(() => {
    const { facts, at } = persons[0];
    engine.then(
      (ready) => {
        const { face: shown } = ready.decide(facts).card(at);
        setFace({ tone: shown.tone, text: shown.words["zh-CN"] });
      },
      (error) => setFace({ tone: "grey", text: error.words("zh-CN") }),
    );
  }, []);
  return (
    <View className={face.tone}>
      <Text>{face.text}</Text>
    </View>
  );
}
