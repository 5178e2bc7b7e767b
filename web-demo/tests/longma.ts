// The command. LONGMA names a built one; without it, cargo runs the command.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the command prints for these words; paths are relative to the project's root. */
export function longma(...words: string[]): string {
  const built = process.env.LONGMA;
  const run = ["run", "--quiet", "--package", "longma-cli", "--", ...words];
  return execFileSync(built ?? "cargo", built === undefined ? run : words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}
