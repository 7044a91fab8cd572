import { readFileSync, writeFileSync } from "node:fs";
import { isTestFile, sourceFiles } from "../workspace/source-files.js";
import type { Group } from "./groups.js";
import { instrument } from "./instrument.js";
import type { Mutant } from "./mutation.js";
import { runTestFile } from "./run-test-file.js";
import { sampleOf } from "./sample-of.js";
import { MutationSession } from "./session.js";

export interface GroupOptions {
  /** Mutates only files whose path contains this. */
  readonly only?: string | undefined;
  /** Runs only test files whose path contains this. */
  readonly tests?: string | undefined;
  /** Tries only so many mutants, the same ones for the same seed. */
  readonly sample?: { readonly size: number; readonly seed: number } | undefined;
  /** Where the mutants that no test has noticed so far are written after every test file. */
  readonly output?: string | undefined;
  readonly print: (text: string) => void;
}

export interface GroupResult {
  readonly killed: number;
  readonly survived: readonly Mutant[];
}

/** Tries the mutants of a group with its tests, the nearest first, until each is noticed or no test is left. */
export async function runGroup(
  group: Group,
  { only = "", tests = "", sample, output, print }: GroupOptions,
): Promise<GroupResult> {
  const codes = new Map<string, string>();
  const all: Mutant[] = [];
  for (const path of group.mutate.flatMap((folder) => sourceFiles(process.cwd(), folder)).sort()) {
    if (isTestFile(path) || path.endsWith("-under-test.ts") || path.endsWith("/index.ts") || !path.includes(only))
      continue;
    const { code, mutants } = instrument(path, readFileSync(path, "utf8"), all.length + 1);
    codes.set(path, code);
    all.push(...mutants);
  }
  const chosen = sample === undefined ? all : sampleOf(all, sample);
  const alive = new Map(chosen.map((mutant) => [mutant.id, mutant]));
  const imports = new Map<string, readonly number[]>();
  print(`${group.name}: ${chosen.length} mutants in ${codes.size} files`);
  await using session = await MutationSession.open(codes);
  for (const testFile of testFilesOf(group).filter((path) => path.includes(tests))) {
    if (alive.size === 0) break;
    const started = Date.now();
    const { killed, passed, imported, once } = await runTestFile(session, testFile, [...alive.keys()]);
    for (const id of killed.keys()) alive.delete(id);
    imports.set(testFile, [...imported]);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    print(`  ${testFile}: ${killed.size} of ${passed.size} noticed, ${seconds} s`);
    if (output !== undefined) writeFileSync(output, JSON.stringify([...alive.values()], null, 2));
    if (once.size > 0) print(`    not tried, since they cannot run twice in one process: ${[...once].join("; ")}`);
  }
  // What ran while modules were imported needs a process of its own for each mutant.
  for (const [testFile, ids] of imports) {
    for (const id of ids) {
      if (!alive.has(id)) continue;
      const { hasFailed } = await session.run(testFile, { mode: "import", mutants: [id], tried: [], once: [] });
      if (hasFailed) alive.delete(id);
    }
  }
  return { killed: chosen.length - alive.size, survived: [...alive.values()] };
}

/** The tests of the group's folders, each once. */
function testFilesOf(group: Group): string[] {
  const files = group.tests.flatMap((path) =>
    path.endsWith(".ts") ? [path] : sourceFiles(process.cwd(), path).sort(),
  );
  return [...new Set(files)].filter((path) => path.endsWith(".test.ts"));
}
