export type ProcessSignal = "SIGINT" | "SIGTERM" | "SIGUSR1";

/** Signals from the operating system. Handlers that were there before stay and are called as well. */
export interface Signals {
  /** @returns a function that removes the handler */
  on(signal: ProcessSignal, handler: () => void): () => void;
}
