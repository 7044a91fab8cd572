import type { Messages, Ports } from "@lightning-ts/fabric";
import type { FitState } from "../run/state/fit-state.js";

/**
 * Listens for Ctrl-C, SIGTERM and an AbortSignal while a run is under way. The loop stops at its next safe point; a
 * second Ctrl-C does not wait.
 */
export class Interruptions implements Disposable {
  /** Rejects never, resolves when the run must stop at once. */
  readonly atOnce: Promise<string>;
  readonly #removers: (() => void)[] = [];

  constructor(ports: Ports, state: FitState, messages: Messages, signal: AbortSignal | undefined) {
    let stopNow: (reason: string) => void = () => undefined;
    this.atOnce = new Promise((resolve) => (stopNow = resolve));
    const ask = (reason: string) => () => {
      if (state.interruption !== undefined && reason === CTRL_C) stopNow("Ctrl-C, twice");
      else if (reason === CTRL_C)
        messages.info("Ctrl-C: the run stops after this step. Press it again to stop at once.");
      state.interruption ??= reason;
    };
    this.#removers.push(ports.signals.on("SIGINT", ask(CTRL_C)), ports.signals.on("SIGTERM", ask("SIGTERM")));
    if (signal === undefined) return;
    const onAbort = ask("the signal was aborted");
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    this.#removers.push(() => signal.removeEventListener("abort", onAbort));
  }

  [Symbol.dispose](): void {
    for (const remove of this.#removers.splice(0)) remove();
  }
}

const CTRL_C = "Ctrl-C";
