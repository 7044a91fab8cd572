import { setMaxListeners } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import { TestRunner, type RunnerTestCase } from "vitest";
import { Attempts } from "./attempts.js";
import { guardFiles } from "./guard-files.js";
import { Switchboard } from "./switchboard.js";
import type { WorkerOrder, WorkerReport } from "./worker-messages.js";

type Task = Parameters<TestRunner["onBeforeTryTask"]>[0];

guardFiles();
// Every attempt listens to the test's signal once more.
setMaxListeners(0);
const board = new Switchboard();
Object.defineProperty(globalThis, "__mutant", { value: board.isActive });
const order: WorkerOrder = JSON.parse(readFileSync(String(process.env["LIGHTNING_MUTATION_ORDER"]), "utf8"));

function report(message: WorkerReport): void {
  appendFileSync(order.logPath, `${JSON.stringify(message)}\n`);
}

/**
 * Runs the tests of a file, each first as it is and then once more for every mutant that it passed. Everything happens
 * in one process, so that a mutant costs no more than the test. A mutant that changed the process itself (the same test
 * fails without it afterwards) ends the file; the next process goes on.
 */
export default class MutationRunner extends TestRunner {
  readonly #attempts = new Attempts(board, order, report);
  #isImporting = true;

  constructor(...options: ConstructorParameters<typeof TestRunner>) {
    super(...options);
    report({ type: "started", pid: process.pid });
    if (order.mode === "import") board.start(order.mutants[0] ?? 0, 100_000_000);
  }

  override onBeforeTryTask(test: Task): void {
    super.onBeforeTryTask(test);
    if (order.mode === "import") return;
    // What a hook of a whole file passes belongs to no test.
    if (this.#isImporting) report({ type: "imported", mutants: [...board.passed] });
    this.#isImporting = false;
    board.passed = new Set();
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    if (order.mode === "import") await TestRunner.getTestFn(test)?.();
    else if (!this.#attempts.isOver) await this.#attempts.runAll(test);
  }

  override onAfterRunFiles(): void {
    super.onAfterRunFiles();
    if (!this.#attempts.isOver) report({ type: "finished" });
  }
}
