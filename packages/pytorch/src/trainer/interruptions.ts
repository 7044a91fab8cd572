import type { Connection, Messages, Ports } from "@lightning-ts/fabric";
import { SUPERVISOR_VARIABLE } from "../checkpoint/run-journal.js";
import { REQUEUED } from "../run/loops/requeue-job.js";
import type { FitState } from "../run/state/fit-state.js";

const CTRL_C = "Ctrl-C";
/** What a process ends with that a signal ended, as shells count: 128 and the number of the signal. */
const EXIT_CODES: Readonly<Record<string, number>> = { [CTRL_C]: 130, [REQUEUED]: 138, SIGTERM: 143 };
/** What comes twice within so short a time was sent once, to this process and to the one that passes it on. */
const ECHO_MS = 250;
/** The signal after which nobody is waited for, not even what closes. */
const LAST_SIGNAL = 3;

/** The exit code for an interruption; undefined for one that the program asked for itself. */
export function exitCodeOf(interruption: string | undefined): number | undefined {
  return interruption === undefined ? undefined : EXIT_CODES[interruption];
}

/**
 * Listens for Ctrl-C, SIGTERM and an AbortSignal while a run is under way. The loop stops at its next safe point; a
 * second signal waits for nothing, and a third ends the process. An AbortSignal never does.
 */
export class Interruptions implements Disposable {
  /** Rejects never, resolves when the run must stop at once. */
  readonly atOnce: Promise<string>;
  readonly #ports: Ports;
  readonly #state: FitState;
  readonly #messages: Messages;
  readonly #removers: (() => void)[] = [];
  #stopNow: (reason: string) => void = () => undefined;
  #signals = 0;
  #last: { readonly reason: string; readonly atMs: number } | undefined;

  /** @param connection with the ports, and the cluster that may say that the job's time is about to end */
  constructor(
    { ports, environment: { requeue } }: Pick<Connection, "ports" | "environment">,
    state: FitState,
    messages: Messages,
    signal: AbortSignal | undefined,
  ) {
    this.#ports = ports;
    this.#state = state;
    this.#messages = messages;
    this.atOnce = new Promise((resolve) => (this.#stopNow = resolve));
    this.#removers.push(
      ports.signals.on("SIGINT", () => this.#receive(CTRL_C)),
      ports.signals.on("SIGTERM", () => this.#receive("SIGTERM")),
    );
    if (requeue !== undefined) this.#removers.push(ports.signals.on("SIGUSR1", () => (state.isRequeueAsked = true)));
    if (signal === undefined) return;
    const onAbort = (): void => this.#ask("the signal was aborted");
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    this.#removers.push(() => signal.removeEventListener("abort", onAbort));
  }

  [Symbol.dispose](): void {
    for (const remove of this.#removers.splice(0)) remove();
  }

  #receive(reason: string): void {
    if (this.#isEcho(reason)) return;
    this.#signals += 1;
    if (this.#signals >= LAST_SIGNAL) return this.#ports.processes?.exit(exitCodeOf(reason) ?? 1);
    if (this.#state.interruption !== undefined) {
      this.#state.stopsAtOnce = true;
      this.#stopNow(reason === CTRL_C ? "Ctrl-C, twice" : `${reason}, after ${this.#state.interruption}`);
      return;
    }
    const again = reason === CTRL_C ? " Press it again to stop at once." : "";
    this.#messages.info(`${reason}: the run stops after this step.${again}`);
    this.#ask(reason);
  }

  /** A terminal, or a cluster, sends a signal to all processes of a group, and `lightning run` passes its own on. */
  #isEcho(reason: string): boolean {
    const { clock, environment, processes } = this.#ports;
    const atMs = clock.now();
    const last = this.#last;
    this.#last = { reason, atMs };
    const isPassedOn = processes?.isChildOf(Number(environment.get(SUPERVISOR_VARIABLE))) === true;
    return isPassedOn && last?.reason === reason && atMs - last.atMs < ECHO_MS;
  }

  #ask(reason: string): void {
    this.#state.interruption ??= reason;
    // Before the first step there is no safe point to wait for, and nothing to save.
    if (this.#state.isSettingUp) this.#stopNow(reason);
  }
}
