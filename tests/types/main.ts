/**
 * Checks the types that users see, on the built declaration files and under every compiler that they may have:
 * programs that compile (`*.test-d.ts`), mistakes and what is said about them (`mistakes/`), and hovers (`hovers/`).
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "./check/compile.js";
import { COMPILERS, LANGUAGE_SERVICES } from "./check/compilers.js";
import { checkHovers } from "./check/hovers.js";
import { checkMistakes } from "./check/mistakes.js";

const folder = fileURLToPath(new URL(".", import.meta.url));
const problems: string[] = [];

function report(what: string, start: number, found: readonly string[]): void {
  problems.push(...found);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${found.length === 0 ? "✓" : "✗"} ${what} (${seconds} s)`);
  for (const problem of found) console.log(problem);
}

for (const compiler of COMPILERS) {
  const start = performance.now();
  const complaints = await compile(compiler, folder);
  const { count, problems: found } = checkMistakes(folder, complaints);
  report(`TypeScript ${compiler.version}: programs compile, ${count} mistakes are explained`, start, found);
}
for (const compiler of LANGUAGE_SERVICES) {
  const start = performance.now();
  const files = readdirSync(join(folder, "hovers")).map((name) => checkHovers(compiler, folder, `hovers/${name}`));
  const count = files.reduce((sum, file) => sum + file.count, 0);
  report(
    `TypeScript ${compiler.version}: ${count} hovers are short`,
    start,
    files.flatMap((file) => file.problems),
  );
}
process.exitCode = problems.length === 0 ? 0 : 1;
