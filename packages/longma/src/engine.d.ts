// The engine, compressed; packages/build.mjs writes it beside what is built from this folder.
declare const packed: string;
export default packed;
