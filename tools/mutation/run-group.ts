import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isTestFile, sourceFiles } from "../workspace/source-files.js";
import type { Group } from "./groups.js";
import { instrument } from "./instrument.js";
import type { Memory } from "./memory.js";
import type { Mutant } from "./mutation.js";
import { runTestFile, type TestFileOrder, type TestFileResult } from "./run-test-file.js";
import { sampleOf } from "./sample-of.js";
import { MutationSession } from "./session.js";

/** No limit; a number that JSON can hold. */
const ANY_MS = Number.MAX_SAFE_INTEGER;
/** Tests that take longer are tried when the quick ones have not noticed a mutant. */
const QUICK_MS = 80;
/** The name of what noticed a mutant that was there when modules were imported. */
const IMPORT = "import";

export interface GroupOptions {
  /** Mutates only files whose path contains this. */
  readonly only?: string | undefined;
  /** Runs only test files whose path contains this. */
  readonly tests?: string | undefined;
  /** Tries only so many mutants, the same ones for the same seed. */
  readonly sample?: { readonly size: number; readonly seed: number } | undefined;
  /** Tries only mutants that the memory knows no test for. */
  readonly isForSurvivors?: boolean;
  /** Tries none: those that the memory knows no test for are the survivors. */
  readonly isForLooking?: boolean;
  /** Runs only quick tests in the folder of a mutant. */
  readonly isNear?: boolean;
  readonly memory: Memory;
  /** With how many test files a mutant is tried that runs while modules are imported: each attempt needs a process. */
  readonly mostImports: number;
  /** The computing time after which a mutant counts as one that no test notices. */
  readonly budgetMs: number;
  readonly print: (text: string) => void;
}

export interface GroupResult {
  readonly killed: number;
  readonly survived: readonly Mutant[];
  /** All mutants of the group, tried or not. */
  readonly mutants: readonly Mutant[];
}

/** Tries the mutants of a group with its tests, the nearest first, until each is noticed or no test is left. */
export async function runGroup(group: Group, options: GroupOptions): Promise<GroupResult> {
  const { sample, memory, isForSurvivors = false, print } = options;
  const { codes, mutants } = instrumentGroup(group, options.only ?? "");
  const chosen = sample === undefined ? mutants : sampleOf(mutants, sample);
  const unknown = chosen.filter((mutant) => memory.killerOf(mutant) === undefined);
  if (options.isForLooking === true) return { killed: chosen.length - unknown.length, survived: unknown, mutants };
  const tried = isForSurvivors ? unknown : chosen;
  print(`${group.name}: ${tried.length} of ${chosen.length} mutants in ${codes.size} files`);
  await using session = await MutationSession.open(codes);
  const hunt = new Hunt(session, tried, options);
  const testFiles = testFilesOf(group).filter((path) => path.includes(options.tests ?? ""));
  if (!isForSurvivors) await hunt.tryRemembered(testFiles);
  await hunt.tryTests(testFiles);
  await hunt.tryImports();
  return { killed: chosen.length - hunt.alive.size, survived: [...hunt.alive.values()], mutants };
}

/** The mutants that are still to be noticed, and the ways to try them. */
class Hunt {
  readonly alive: Map<number, Mutant>;
  readonly #session: MutationSession;
  readonly #options: GroupOptions;
  readonly #spentMs = new Map<number, number>();
  readonly #imported = new Map<string, ReadonlySet<number>>();

  constructor(session: MutationSession, mutants: readonly Mutant[], options: GroupOptions) {
    this.alive = new Map(mutants.map((mutant) => [mutant.id, mutant]));
    this.#session = session;
    this.#options = options;
  }

  /** Each mutant with the test that noticed it the last time. */
  async tryRemembered(testFiles: readonly string[]): Promise<void> {
    const { memory } = this.#options;
    for (const testFile of testFiles) {
      const known = [...this.alive.values()].flatMap((mutant) => {
        const killer = memory.killerOf(mutant);
        return killer?.testFile === testFile && killer.test !== IMPORT
          ? [{ mutant, pair: `${killer.test}#${mutant.id}` }]
          : [];
      });
      if (known.length === 0) continue;
      memory.forget(known.map(({ mutant }) => mutant));
      const pairs = known.map(({ pair }) => pair);
      await this.#run(testFile, { pairs, budgetMs: ANY_MS, slowestMs: ANY_MS });
    }
  }

  /** Quick tests of all files, then the slow ones. */
  async tryTests(testFiles: readonly string[]): Promise<void> {
    const { budgetMs, isNear = false } = this.#options;
    const slow = new Map<string, TestFileResult>();
    for (const testFile of testFiles) {
      const result = await this.#run(testFile, { budgetMs: budgetMs / 2, slowestMs: QUICK_MS });
      if (result !== undefined && result.slow.size > 0) slow.set(testFile, result);
    }
    if (isNear) return;
    for (const [testFile, { done, once, passed }] of slow) {
      if (![...this.alive.keys()].some((id) => passed.has(id))) continue;
      const skip = new Set([...done, ...once]);
      await this.#run(testFile, { budgetMs, slowestMs: ANY_MS, skip });
    }
  }

  /** What ran while modules were imported, with a process for each mutant. */
  async tryImports(): Promise<void> {
    for (const mutant of this.alive.values()) {
      const { memory, mostImports } = this.#options;
      const known = memory.killerOf(mutant)?.testFile;
      const importers = this.#importersOf(mutant).sort((a, b) => Number(b === known) - Number(a === known));
      memory.forget([mutant]);
      for (const testFile of importers.slice(0, mostImports)) {
        if (!(await this.#session.failsWith(testFile, mutant.id))) continue;
        this.#kill(mutant, { testFile, test: IMPORT });
        break;
      }
      memory.write();
    }
  }

  /** Test files that import a mutant: first those that are called like its file, then those that import least. */
  #importersOf({ id, path }: Mutant): string[] {
    const importers = [...this.#imported].filter(([, ids]) => ids.has(id));
    const likeness = (testFile: string) => commonStart(basename(testFile), basename(path)).length;
    return importers
      .sort(([a, few], [b, many]) => likeness(b) - likeness(a) || few.size - many.size)
      .map(([testFile]) => testFile);
  }

  async #run(testFile: string, order: Omit<TestFileOrder, "mutants" | "spentMs">): Promise<TestFileResult | undefined> {
    const { isNear = false, print } = this.#options;
    const tried = [...this.alive.values()].filter(({ path }) => !isNear || dirname(path) === dirname(testFile));
    if (tried.length === 0) return undefined;
    const started = Date.now();
    const mutants = tried.map(({ id }) => id);
    const result = await runTestFile(this.#session, testFile, { mutants, spentMs: this.#spentMs, ...order });
    for (const [id, test] of result.killed) {
      const mutant = this.alive.get(id);
      if (mutant !== undefined) this.#kill(mutant, { testFile, test });
    }
    this.#imported.set(testFile, result.imported);
    this.#options.memory.write();
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    print(`  ${testFile}: ${result.killed.size} of ${result.passed.size} noticed, ${seconds} s`);
    if (result.once.size > 0)
      print(`    not tried, since they fail or cannot run twice in one process: ${[...result.once].join("; ")}`);
    return result;
  }

  #kill(mutant: Mutant, killer: { readonly testFile: string; readonly test: string }): void {
    this.alive.delete(mutant.id);
    this.#options.memory.add(mutant, killer);
  }
}

function instrumentGroup(group: Group, only: string): { codes: Map<string, string>; mutants: Mutant[] } {
  const codes = new Map<string, string>();
  const mutants: Mutant[] = [];
  for (const path of group.mutate.flatMap((folder) => filesOf(folder)).sort()) {
    if (isTestFile(path) || path.endsWith("-under-test.ts") || path.endsWith("/index.ts") || !path.includes(only))
      continue;
    const file = instrument(path, readFileSync(path, "utf8"), mutants.length + 1);
    codes.set(path, file.code);
    mutants.push(...file.mutants);
  }
  return { codes, mutants };
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

/** The tests of the group's folders, each once. */
function testFilesOf(group: Group): string[] {
  return [...new Set(group.tests.flatMap((path) => filesOf(path)))].filter((path) => path.endsWith(".test.ts"));
}

function filesOf(path: string): string[] {
  return path.endsWith(".ts") ? [path] : sourceFiles(process.cwd(), path).sort();
}
