/**
 * What the time of a training epoch is spent for. `validation` and `checkpoints` count whatever happens within them;
 * `loop` is what is left to the Trainer itself.
 */
export type StepPart =
  | "data"
  | "transfer"
  | "recording"
  | "graph"
  | "update"
  | "hooks"
  | "callbacks"
  | "logging"
  | "validation"
  | "checkpoints"
  | "loop";
