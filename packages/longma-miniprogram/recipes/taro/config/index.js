const { defineConfig } = require("@tarojs/cli");

module.exports = defineConfig({
  projectName: "longma-taro",
  sourceRoot: "src",
  outputRoot: "dist",
  framework: "react",
  compiler: "webpack5",
  designWidth: 750,
  deviceRatio: { 750: 1 },
  // WebAssembly is started by its path in the code package, so the file is copied as it is.
  copy: {
    patterns: [{ from: require.resolve("longma-miniprogram/longma.wasm.br"), to: "dist/longma.wasm.br" }],
    options: {},
  },
});
