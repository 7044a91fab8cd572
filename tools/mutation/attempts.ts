import { TestRunner, type RunnerTestCase, type RunnerTestSuite } from "vitest";
import type { Switchboard } from "./switchboard.js";
import type { WorkerOrder, WorkerReport } from "./worker-messages.js";

type Test = RunnerTestCase;
type Suite = RunnerTestSuite;

/** Kept from before any test replaces it. */
const startTicking = globalThis.setInterval;
const stopTicking = globalThis.clearInterval;

const TICK_MS = 50;
const LEAST_TIMEOUT_MS = 2500;
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
  readonly #spentMs: Map<number, number>;
  #isUntouched = true;
  /** The last attempt was one without a mutant, or one after which the test passed without: nothing is left behind. */
  #isClean = true;

  constructor(board: Switchboard, order: WorkerOrder, report: (message: WorkerReport) => void) {
    this.#board = board;
    this.#order = order;
    this.#report = report;
    this.#alive = new Set(order.mutants);
    this.#tried = new Set(order.tried);
    this.#spentMs = new Map(Object.entries(order.spentMs).map(([id, ms]) => [Number(id), ms]));
  }

  /** The test as it is, then with every mutant that it passes and that is still alive. */
  async runAll(test: Test): Promise<void> {
    const board = this.#board;
    const name = nameOf(test);
    const { skip, pairs, slowestMs } = this.#order;
    if (skip.includes(name) || pairs?.some((pair) => pair.startsWith(`${name}#`)) === false) return;
    const run = TestRunner.getTestFn(test);
    board.start(0, Number.POSITIVE_INFINITY);
    const started = performance.now();
    const startedCpu = cpuMs();
    try {
      await run();
    } catch (error) {
      this.#isBroken(name, messageOf(error));
      if (!this.isOver) throw error;
      return;
    }
    const limits = {
      steps: Math.max(board.calls * 20, LEAST_STEPS),
      timeoutMs: Math.max((performance.now() - started) * 10, LEAST_TIMEOUT_MS),
    };
    const ms = cpuMs() - startedCpu;
    const passed = [...board.passed].filter((id) => this.#alive.has(id));
    board.stop();
    board.passed = new Set();
    this.#report({ type: "passed", mutants: passed });
    const open = passed.filter((id) => this.#isOpen(`${name}#${id}`, id));
    if (open.length > 0 && ms > slowestMs) return this.#report({ type: "slow", test: name });
    const isDone = open.length === 0 || (await this.#tryMutants(test, name, open, limits));
    board.passed = new Set();
    if (isDone) this.#report({ type: "done", test: name });
  }

  /** A test failed as it is: because of what earlier mutants or skipped tests left behind, or by itself. */
  #isBroken(name: string, how: string): void {
    const { skip, pairs } = this.#order;
    if (!this.#isUntouched) this.#end({ type: "dirty", test: name, how });
    else if (skip.length > 0 || pairs !== undefined) this.#end({ type: "once", test: name, how });
    else this.#report({ type: "broken", test: name, how });
  }

  /** True while a mutant may be tried with a test: not tried before, and its time is not used up. */
  #isOpen(pair: string, id: number): boolean {
    const { pairs, budgetMs } = this.#order;
    if (this.#tried.has(pair) || !this.#alive.has(id)) return false;
    return pairs === undefined ? (this.#spentMs.get(id) ?? 0) < budgetMs : pairs.includes(pair);
  }

  /** @returns whether every mutant was tried that had to be */
  async #tryMutants(test: Test, name: string, passed: readonly number[], limits: Limits): Promise<boolean> {
    await callHooks(test, "afterEach");
    const again = await this.#attempt(test, 0, limits);
    this.#isClean = true;
    if (again !== undefined) return this.#end({ type: "once", test: name, how: again });
    const { first } = this.#order;
    const ordered = [...passed].sort((a, b) => Number(`${name}#${b}` === first) - Number(`${name}#${a}` === first));
    for (const id of ordered) {
      const pair = `${name}#${id}`;
      if (!this.#isOpen(pair, id)) continue;
      // A pair in doubt is tried before any other mutant could touch the process.
      if (first !== undefined && this.#isUntouched && pair !== first) return false;
      if (!(await this.#tryMutant(test, { id, pair, name, limits }))) return false;
      this.#isUntouched = false;
    }
    await callHooks(test, "beforeEach");
    return true;
  }

  /** @returns whether the process is still what it was */
  async #tryMutant(test: Test, { id, pair, name, limits }: Attempt): Promise<boolean> {
    this.#report({ type: "tried", pair });
    const started = cpuMs();
    const how = await this.#attempt(test, id, limits);
    const ms = cpuMs() - started;
    this.#spentMs.set(id, (this.#spentMs.get(id) ?? 0) + ms);
    const wasClean = this.#isClean;
    this.#isClean = false;
    if (how === undefined) {
      this.#report({ type: "survived", pair, ms });
      return true;
    }
    const isClean = !how.startsWith(LATE) && (await this.#attempt(test, 0, limits)) === undefined;
    if (!isClean && !wasClean) return this.#end({ type: "doubt", pair });
    this.#isClean = isClean;
    this.#report({ type: "killed", pair, test: name, how });
    this.#alive.delete(id);
    // What failed before was the mutant's doing when the same test passes without it.
    this.isOver = !isClean;
    return isClean;
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

  #end(message: WorkerReport): false {
    this.isOver = true;
    this.#report(message);
    return false;
  }
}

interface Attempt {
  readonly id: number;
  readonly pair: string;
  readonly name: string;
  readonly limits: Limits;
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

/** Waits no longer than a time that is counted in turns of the event loop: a busy machine does not end a test. */
async function within(timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  let ticker: ReturnType<typeof setInterval> | undefined;
  let leftMs = timeoutMs;
  const late = new Promise<never>((_, reject) => {
    ticker = startTicking(() => {
      leftMs -= TICK_MS;
      if (leftMs <= 0) reject(new Error(`${LATE} after ${Math.round(timeoutMs)} ms`));
    }, TICK_MS);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    stopTicking(ticker);
  }
}

/** What the process has computed so far: a busy machine makes no mutant dear. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function messageOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).slice(0, 200);
}
