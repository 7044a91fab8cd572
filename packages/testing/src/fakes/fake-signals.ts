import type { ProcessSignal, Signals } from "@lightning-ts/core";

/** Signals that the test sends. */
export class FakeSignals implements Signals {
  readonly #handlers = new Map<ProcessSignal, Set<() => void>>();

  on(signal: ProcessSignal, handler: () => void): () => void {
    const handlers = this.#handlers.get(signal) ?? new Set();
    this.#handlers.set(signal, handlers.add(handler));
    return () => {
      handlers.delete(handler);
    };
  }

  send(signal: ProcessSignal): void {
    for (const handler of [...(this.#handlers.get(signal) ?? [])]) handler();
  }

  handlerCount(signal: ProcessSignal): number {
    return this.#handlers.get(signal)?.size ?? 0;
  }
}
