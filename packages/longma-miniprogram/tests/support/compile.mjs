// Compiles a project with WeChat's own tool, which is not asked to talk to its server: `node compile.mjs PROJECT OUT`.
// Writes to OUT what would be uploaded. A process of its own, since the tool's workers outlive the work.
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const print = console.log;
console.log = console.error;
const require = createRequire(import.meta.url);
const ci = require("miniprogram-ci");
const { DefaultProjectAttr } = require("miniprogram-ci/dist/config/config");
const [folder, out] = process.argv.slice(2);

// Nothing is uploaded, so any key will do, and the limits are those that the tool itself assumes. Where it asks its
// server all the same, for the kinds of files that are taken, it meets a closed door and goes by its own list.
ci.proxy("http://127.0.0.1:9");
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const key = join(folder, "..", `${Date.now()}.key`);
writeFileSync(key, privateKey);
process.on("exit", () => rmSync(key));
const { appid, setting } = JSON.parse(readFileSync(join(folder, "project.config.json"), "utf8"));
const project = new ci.Project({ appid, type: "miniProgram", projectPath: folder, privateKeyPath: key, ignores: ["node_modules/**/*"] });
project.attr = async () => DefaultProjectAttr;

const npm = await ci.packNpmManually({ packageJsonPath: join(folder, "package.json"), miniprogramNpmDistDir: folder });
const compiled = await ci.getCompiledResult({ project, setting });
for (const [name, content] of Object.entries(compiled)) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), content);
}
print(JSON.stringify(npm));
process.exit();
