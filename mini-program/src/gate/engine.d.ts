// The gate's engine, which scripts/build.mjs lays beside this file.
export * from "../../../packages/longma-miniprogram/src/gate";
