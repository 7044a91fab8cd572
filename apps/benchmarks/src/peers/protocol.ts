/** Lines of JSON between the benchmark and a peer's process: requests on its input, answers on its output. */
export interface RunRequest {
  /** Steps to run; 0 ends the process. */
  readonly steps: number;
  /** Adam's. */
  readonly learningRate: number;
}

/**
 * While time is taken: so low that a model does not learn its one batch by heart. Vanishing gradients become denormal
 * numbers, which are slow everywhere.
 */
export const TIMED_LEARNING_RATE = 1e-6;
/** While losses are compared: so high that they show what the gradients were. */
export const COMPARED_LEARNING_RATE = 1e-3;

/** The first line of a peer. */
export interface PeerReady {
  /** Names and versions of what runs, e.g. `"PyTorch 2.15.0"`. */
  readonly description: string;
}

/** The only line of a peer that cannot run. */
export interface PeerUnavailable {
  readonly unavailable: string;
}

export interface RunAnswer {
  /** Milliseconds for all steps, the last one completed. */
  readonly totalMs: number;
  /** Processor time of the whole process, all threads: it hardly depends on what else the machine does. */
  readonly cpuMs: number;
  /** Of `totalMs`, milliseconds during which the main thread's code ran (recording, hashing, buffers). */
  readonly hostMs: number | null;
  /** After the last step: the loss, or the mean magnitude of a prediction's outputs. */
  readonly loss: number;
}
