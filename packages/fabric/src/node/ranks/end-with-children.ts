import type { JoinRequest } from "../../ports/ranks.js";
import { isInterruption } from "../interruption-codes.js";
import type { Child } from "./start-children.js";
import { isAlive } from "./process-start.js";

/** How long a process that ends at once waits for its children, which hear of it. */
const GRACE_MS = 3000;
const LOOK_MS = 20;
const FAILED = 1;

/**
 * Looks after the ranks that this process has started. It ends after them, and not well if one of them did not; who
 * does not end in time is killed.
 */
export function endWithChildren(children: readonly Child[], { timeoutMs, listener }: JoinRequest): void {
  const running = new Set(children);
  for (const child of children) {
    child.process.unref();
    child.process.on("error", (error) => ended(child, `it could not be started: ${error.message}`));
    child.process.on("exit", (code, signal) =>
      ended(child, signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`, code ?? FAILED),
    );
  }
  function ended(child: Child, how: string, code = FAILED): void {
    running.delete(child);
    listener.onChildEnd(child.localRank, how);
    if (code === 0) return;
    process.exitCode ||= isInterruption(code) ? code : FAILED;
    if (!isInterruption(code)) process.stderr.write(`Rank ${child.localRank} failed: ${how}.\n`);
  }
  process.on("beforeExit", () => {
    if (running.size > 0) waitFor(running, timeoutMs);
  });
  process.on("exit", () => {
    const until = performance.now() + GRACE_MS;
    // The events of children are not heard any more while a process exits.
    const isAnyAlive = () => [...running].some(({ process: { pid } }) => pid !== undefined && isAlive(pid));
    while (isAnyAlive() && performance.now() < until) sleep(LOOK_MS);
    for (const { process: child } of running) child.kill("SIGKILL");
    if ([...running].some(({ localRank }) => listener.hasFailed(localRank))) process.exitCode ||= FAILED;
  });
}

/** Keeps the process until its children have ended, or have had their time. */
function waitFor(running: ReadonlySet<Child>, timeoutMs: number): void {
  const children = [...running];
  const timer = setTimeout(() => {
    for (const { localRank, process: child } of running) {
      process.stderr.write(`Rank ${localRank} did not end within ${timeoutMs} ms of this one; it is killed.\n`);
      child.kill("SIGKILL");
    }
  }, timeoutMs);
  for (const { process: child } of children) {
    child.ref();
    child.once("exit", () => {
      if (running.size === 0) clearTimeout(timer);
    });
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
