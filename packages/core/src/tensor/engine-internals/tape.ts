/** tfjs' tape and the depths that say whether it records, by their private fields (tfjs-core 4.22). */
import { engine, getGradient, type NamedTensorMap, type Tensor } from "@tensorflow/tfjs-core";
import { lookForTask } from "../../tasks/async-context.js";
import type { EngineState } from "./scope-stack.js";

/** One recorded kernel. `gradient` gets null for outputs that nothing flowed into and may leave inputs out. */
export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: Tensor[];
  /** Tensors that live until the node has been used, freed by whoever empties the tape. */
  saved?: Tensor[];
  /** Inputs whose values are among `saved`, where tfjs' gradient registry does not tell; some may be absent. */
  readonly savedInputs?: readonly string[];
  gradient?: (dys: (Tensor | null)[]) => Readonly<Record<string, (() => Tensor) | undefined>>;
}

export type Tape = TapeNode[];

/** Where recording stands: tfjs records while `depth` is above 0, onto `tape`. */
export interface RecordingState {
  readonly depth: number;
  readonly tape: Tape | undefined;
}

export function readRecording(): RecordingState {
  const { state } = engine();
  // tf.grads and tf.train leave null behind, whatever the declared type says.
  const tape = state.activeTape as Tape | null | undefined;
  return { depth: state.gradientDepth, tape: tape ?? undefined };
}

export function writeRecording({ depth, tape }: RecordingState): void {
  const { state } = engine();
  state.gradientDepth = depth;
  state.activeTape = tape as EngineState["activeTape"];
}

/** The id that the next node will have, on whichever tape. */
export function nextNodeId(): number {
  return engine().state.nextTapeNodeId;
}

/** Whether a kernel that runs now would be recorded. */
export function isRecording(): boolean {
  lookForTask();
  const { state } = engine();
  return state.gradientDepth > 0 && state.kernelDepth === 0;
}

/** Runs `body` as tfjs runs the inside of a kernel: nothing is recorded. */
export function withoutRecording<TResult>(body: () => TResult): TResult {
  lookForTask();
  const { state } = engine();
  state.kernelDepth += 1;
  try {
    return body();
  } finally {
    state.kernelDepth -= 1;
  }
}

/** Runs `body` recorded onto a tape of its own, whatever recording does otherwise. The caller frees the tape. */
export function recordSeparately<TResult>(body: () => TResult): { tape: Tape; outputs: TResult } {
  lookForTask();
  const { state } = engine();
  const { kernelDepth } = state;
  const recording = readRecording();
  const tape: Tape = [];
  writeRecording({ depth: 1, tape });
  state.kernelDepth = 0;
  try {
    return { tape, outputs: body() };
  } finally {
    state.kernelDepth = kernelDepth;
    writeRecording(recording);
  }
}

/** Puts a node on the tape. Absent inputs are left out. */
export function recordNode(node: Omit<TapeNode, "id" | "inputs"> & { readonly inputs: object }): void {
  const { state } = engine();
  state.activeTape.push({ ...node, id: state.nextTapeNodeId++ } as EngineState["activeTape"][number]);
}

/** Names of the inputs whose values tfjs saved for this node's gradient, in the order of `node.saved`. */
export function savedInputNames(node: TapeNode): readonly string[] {
  if (node.savedInputs !== undefined) return node.savedInputs;
  const config = getGradient(node.kernelName);
  if (config === undefined || config === null) return [];
  return config.saveAllInputs === true ? Object.keys(node.inputs) : (config.inputsToSave ?? []);
}
