import { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Reporter, TestModule } from "vitest/node";
import { describeDeaths, type Death } from "./describe-deaths.js";

/** What a process said last is often the reason for its end: a failed check, a full heap. */
const KEPT_CHARACTERS = 4000;
const SAMPLE_MS = 1000;
/** Vitest hears of a dead worker by its channel, often before its streams are closed. */
const LONGEST_WAIT_MS = 2000;

/**
 * Vitest says "Worker exited unexpectedly" without the file, the test, the exit code or the signal. This reporter
 * listens to Node's own news of child processes, and says at the end which workers died and what they were running.
 */
export default class DiedWorkersReporter implements Reporter {
  readonly #running = new Map<string, TestModule>();
  readonly #deaths: Death[] = [];
  readonly #open = new Set<ChildProcess>();
  /** Workers whose channel failed before vitest ended them: they had died by themselves. */
  readonly #failed = new WeakSet<ChildProcess>();

  onInit(): void {
    subscribe("child_process", (news) => {
      if (typeof news !== "object" || news === null || !("process" in news)) return;
      const { process: child } = news;
      // The news comes before the process has its streams.
      if (child instanceof ChildProcess) queueMicrotask(() => this.#watch(child));
    });
  }

  /** Before the file is read. */
  onTestModuleQueued(testModule: TestModule): void {
    this.#running.set(testModule.id, testModule);
  }

  /** When the file has been read: the tests belong to another object than before. */
  onTestModuleCollected(testModule: TestModule): void {
    this.#running.set(testModule.id, testModule);
  }

  onTestModuleEnd(testModule: TestModule): void {
    this.#running.delete(testModule.id);
  }

  async onTestRunEnd(): Promise<void> {
    if (this.#running.size > 0) await this.#lastDeaths();
    const text = describeDeaths(this.#deaths, [...this.#running.values()].map(unfinished));
    if (text !== undefined) console.error(text);
  }

  /** Until every worker that vitest has not ended itself is known to be dead. */
  async #lastDeaths(): Promise<void> {
    const dying = [...this.#open].filter((child) => !this.#isEndedByVitest(child)).map((child) => once(child, "close"));
    await Promise.race([Promise.all(dying), setTimeout(LONGEST_WAIT_MS, undefined, { ref: false })]);
  }

  /** Vitest ends the workers that it needs no longer. */
  #isEndedByVitest(child: ChildProcess): boolean {
    return child.killed && !this.#failed.has(child);
  }

  #watch(child: ChildProcess): void {
    if (!child.spawnargs.some((argument) => argument.includes("vitest"))) return;
    this.#open.add(child);
    let lastWords = "";
    let memory = memoryOf(child.pid);
    child.on("error", () => {
      if (!child.killed) this.#failed.add(child);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-KEPT_CHARACTERS);
    });
    const timer = setInterval(() => {
      memory = memoryOf(child.pid) ?? memory;
    }, SAMPLE_MS).unref();
    // "close" comes after "exit", when all that the process said has been read.
    child.once("close", (code: number | null, signal: NodeJS.Signals | null) => {
      clearInterval(timer);
      this.#open.delete(child);
      if (this.#isEndedByVitest(child)) return;
      this.#deaths.push({
        pid: child.pid,
        code,
        signal,
        memory,
        lastWords,
        files: [...this.#running.values()].map(unfinished),
      });
    });
  }
}

function unfinished(testModule: TestModule) {
  const tests = [...testModule.children.allTests()].filter((test) => test.result().state === "pending");
  return { file: testModule.relativeModuleId, tests: tests.map((test) => test.fullName) };
}

/** What a process holds and what the machine has left, in megabytes; Linux alone tells of other processes. */
function memoryOf(pid: number | undefined): string | undefined {
  try {
    const [, resident] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    if (resident === undefined) return undefined;
    return `it held ${Math.round(Number(resident) / 1024)} MB, and the machine had ${Math.round(freemem() / 2 ** 20)} MB left`;
  } catch {
    return undefined; // another platform, or the process has ended
  }
}
