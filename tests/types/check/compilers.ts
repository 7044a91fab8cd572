import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** A compiler that users may have. */
export interface Compiler {
  readonly version: string;
  /** Its command line, to be run by Node. */
  readonly script: string;
  readonly packageName: string;
}

/** The oldest that is supported, the last one that was written in TypeScript, and the one of this project. */
export const COMPILERS: readonly Compiler[] = ["typescript-5.5", "typescript-5.9", "typescript"].map(compilerOf);

/** Those that answer questions within this process; newer ones do it in a server of their own. */
export const LANGUAGE_SERVICES = COMPILERS.filter(({ version }) => version.startsWith("5."));

function compilerOf(packageName: string): Compiler {
  const path = require.resolve(`${packageName}/package.json`);
  const { version, bin }: { version: string; bin: { tsc: string } } = JSON.parse(readFileSync(path, "utf8"));
  return { version, script: join(dirname(path), bin.tsc), packageName };
}
