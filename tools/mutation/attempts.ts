import { TestRunner, type RunnerTestCase, type RunnerTestSuite } from "vitest";
import type { Switchboard } from "./switchboard.js";
import type { WorkerOrder, WorkerReport } from "./worker-messages.js";

type Test = RunnerTestCase;
type Suite = RunnerTestSuite;

/** Kept from before any test replaces it. */
const setTimer = globalThis.setTimeout;
const clearTimer = globalThis.clearTimeout;

const LEAST_TIMEOUT_MS = 5000;
const LEAST_STEPS = 200_000;
/** How the message of a test begins that did not end: what it left running touches what follows. */
const LATE = "no end";

/** Runs one test again and again, each time with another mutant on. */
export class Attempts {
  /** True once the process is no longer what it was, or a test that has to pass did not. */
  isOver = false;
  readonly #board: Switchboard;
  readonly #order: WorkerOrder;
  readonly #report: (message: WorkerReport) => void;
  readonly #alive: Set<number>;
  readonly #tried: Set<string>;
  #isUntouched = true;

  constructor(board: Switchboard, order: WorkerOrder, report: (message: WorkerReport) => void) {
    this.#board = board;
    this.#order = order;
    this.#report = report;
    this.#alive = new Set(order.mutants);
    this.#tried = new Set(order.tried);
  }

  /** The test as it is, then with every mutant that it passes and that is still alive. */
  async runAll(test: Test): Promise<void> {
    const board = this.#board;
    const name = nameOf(test);
    const run = TestRunner.getTestFn(test);
    board.start(0, Number.POSITIVE_INFINITY);
    const started = performance.now();
    try {
      await run();
    } catch (error) {
      // Earlier mutants may have left something behind: then the next process shows.
      this.#end({ type: this.#isUntouched ? "broken" : "dirty", test: name, how: messageOf(error) });
      if (this.#isUntouched) throw error;
      return;
    }
    const limits = {
      steps: Math.max(board.calls * 20, LEAST_STEPS),
      timeoutMs: Math.max((performance.now() - started) * 10, LEAST_TIMEOUT_MS),
    };
    const passed = [...board.passed].filter((id) => this.#alive.has(id));
    board.stop();
    this.#report({ type: "passed", mutants: passed });
    if (!this.#order.once.includes(name) && passed.some((id) => !this.#tried.has(`${name}#${id}`)))
      await this.#tryMutants(test, name, passed, limits);
    board.passed = new Set();
  }

  async #tryMutants(test: Test, name: string, passed: readonly number[], limits: Limits): Promise<void> {
    await callHooks(test, "afterEach");
    const again = await this.#attempt(test, 0, limits);
    if (again !== undefined) return this.#end({ type: "once", test: name, how: again });
    const { first } = this.#order;
    const ordered = [...passed].sort((a, b) => Number(`${name}#${b}` === first) - Number(`${name}#${a}` === first));
    for (const id of ordered) {
      const pair = `${name}#${id}`;
      if (this.#tried.has(pair) || !this.#alive.has(id)) continue;
      // A pair in doubt is tried before any other mutant could touch the process.
      if (first !== undefined && this.#isUntouched && pair !== first) return;
      this.#report({ type: "tried", pair });
      const how = await this.#attempt(test, id, limits);
      if (how === undefined) this.#report({ type: "survived", pair });
      else if (!how.startsWith(LATE) && (await this.#isClean(test, limits)))
        this.#report({ type: "killed", pair, test: name, how });
      else if (this.#isUntouched) return this.#end({ type: "killed", pair, test: name, how });
      else return this.#end({ type: "doubt", pair });
      if (how !== undefined) this.#alive.delete(id);
      this.#isUntouched = false;
    }
    await callHooks(test, "beforeEach");
  }

  /** True when the same test passes without a mutant: what failed before was the mutant's doing. */
  async #isClean(test: Test, limits: Limits): Promise<boolean> {
    return (await this.#attempt(test, 0, limits)) === undefined;
  }

  /** @returns why the test failed; undefined if it passed */
  async #attempt(test: Test, id: number, { steps, timeoutMs }: Limits): Promise<string | undefined> {
    const board = this.#board;
    board.start(id, steps);
    try {
      const clean = await callHooks(test, "beforeEach");
      await within(timeoutMs, Promise.resolve(TestRunner.getTestFn(test)()));
      await callHooks(test, "afterEach");
      for (const hook of clean) await hook();
      return board.isExceeded ? "too many steps" : undefined;
    } catch (error) {
      return messageOf(error);
    } finally {
      board.stop();
    }
  }

  #end(message: WorkerReport): void {
    this.isOver = true;
    this.#report(message);
  }
}

interface Limits {
  readonly steps: number;
  readonly timeoutMs: number;
}

function nameOf(test: Test): string {
  return test.fullTestName ?? test.name;
}

/** @returns what the hooks asked to be called afterwards */
async function callHooks(test: Test, name: "beforeEach" | "afterEach"): Promise<(() => unknown)[]> {
  const suites: Suite[] = [];
  for (let suite: Suite | undefined = test.suite ?? test.file; suite !== undefined; suite = parentOf(suite))
    suites.push(suite);
  if (name === "beforeEach") suites.reverse();
  const after: (() => unknown)[] = [];
  for (const suite of suites) {
    for (const hook of TestRunner.getSuiteHooks(suite)[name]) {
      const result: unknown = await hook(test.context, suite);
      if (typeof result === "function") after.push(() => result());
    }
  }
  return after;
}

function parentOf(suite: Suite): Suite | undefined {
  if ("filepath" in suite) return undefined;
  return suite.suite ?? suite.file;
}

async function within(timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimer(() => reject(new Error(`${LATE} after ${Math.round(timeoutMs)} ms`)), timeoutMs);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimer(timer);
  }
}

function messageOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).slice(0, 200);
}
