// What the extension starts, and what to say if it cannot. Pure but for `probe`, and without `vscode`, so that tests
// call it as it is.
import { execFile } from "node:child_process";
import { dirname, isAbsolute, join, resolve } from "node:path";

/**
 * @typedef {{ path: string, packs: string }} Settings
 * @typedef {{ command: string, args: string[], cwd: string, packs: string, house: string }} Launch
 * @typedef {"ready" | "absent" | "old" | "broken"} Verdict
 */

/**
 * What runs for a workspace's folder, an absolute path. `house` is the folder whose files the server knows.
 * @param {Settings} settings
 * @param {string} folder
 * @returns {Launch}
 */
export function launch({ path, packs }, folder) {
  const whole = resolve(folder, packs);
  // A bare name is looked up on PATH.
  const bare = !/[\\/]/.test(path) || isAbsolute(path);
  const command = bare ? path : join(folder, path);
  return { command, args: ["lsp", "--packs", whole], cwd: folder, packs: whole, house: dirname(whole) };
}

/**
 * The documents that the server knows, wherever an editor takes them for TOML, JSON or plain text.
 * @param {string} house the house's URI
 */
export const selector = (house) => [{ scheme: "file", pattern: { baseUri: house, pattern: "**/*.{rhai,toml,json}" } }];

/**
 * What `longma lsp --help` says about the command: clap's status 2 means that it does not know `lsp`.
 * @param {{ code?: unknown } | null} error of `execFile`
 * @returns {Verdict}
 */
export function verdict(error) {
  if (error === null) return "ready";
  if (error.code === "ENOENT") return "absent";
  return error.code === 2 ? "old" : "broken";
}

/**
 * Asks the command whether it has a language server.
 * @param {Launch} launch
 * @returns {Promise<{ verdict: Verdict, said: string }>}
 */
export const probe = ({ command, cwd }) =>
  new Promise((done) => {
    execFile(command, ["lsp", "--help"], { cwd, timeout: 10_000, windowsHide: true }, (error, _, said) =>
      done({ verdict: verdict(error), said: said || (error?.message ?? "") }),
    );
  });
