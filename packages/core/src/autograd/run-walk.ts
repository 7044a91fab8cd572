import type { Tensor } from "@tensorflow/tfjs-core";
import { FreedGraphError } from "../errors/freed-graph-error.js";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { newScopeRecord, pushScopeRecord, removeScopeRecord } from "../tensor/engine-internals/scope-stack.js";
import { withoutRecording, type Tape } from "../tensor/engine-internals/tape.js";
import { freeNodes, wasFreed } from "../tensor/free-tape.js";
import { currentTape, enableGrad } from "../tensor/recording.js";
import { tf } from "../tensor/tf.js";
import { walkBackward, type WalkRequest } from "./backward-walk.js";

export interface GraphOptions {
  /** Keep the graph for another backward through it. @default the value of `createGraph` */
  readonly retainGraph?: boolean | undefined;
  /** Record the backward itself, so that gradients can be differentiated again. @default false */
  readonly createGraph?: boolean | undefined;
}

export interface RunWalkRequest extends GraphOptions {
  readonly outputs: readonly Tensor[];
  /** One per output; undefined stands for 1, which only a scalar may have. */
  readonly outputGradients: readonly (Tensor | undefined)[];
  readonly isLeaf: (tensor: Tensor) => boolean;
}

/**
 * Walks the current tape and hands the gradients to `receive`, which must mark (`kept`) what shall survive.
 * Frees intermediate results, and the graph unless it is retained.
 */
export function runWalk<TResult>(
  request: RunWalkRequest,
  receive: (leaves: ReadonlyMap<Tensor, Tensor>) => TResult,
): TResult {
  const createGraph = request.createGraph ?? false;
  const tape = tapeOf(request.outputs);
  const walk = (scope: ReturnType<typeof newScopeRecord> | undefined): TResult => {
    const outputs: WalkRequest["outputs"][number][] = [];
    for (const [i, tensor] of request.outputs.entries())
      outputs.push({ tensor, gradient: outputGradient(tensor, request.outputGradients[i]) });
    const { leaves, used } = walkBackward({ tape, outputs, isLeaf: request.isLeaf, scope });
    const result = receive(leaves);
    if (!(request.retainGraph ?? createGraph)) freeNodes(tape, used);
    return result;
  };
  if (createGraph) return enableGrad(() => walk(undefined));
  const scope = newScopeRecord("backward");
  pushScopeRecord(scope);
  try {
    return withoutRecording(() => walk(scope));
  } finally {
    removeScopeRecord(scope);
    for (const tensor of scope.track) if (!tensor.kept) tensor.dispose();
  }
}

function tapeOf(outputs: readonly Tensor[]): Tape {
  const tape = currentTape();
  if (tape === undefined) {
    throw new NoGradientError({
      message: "No scope is open, so nothing was recorded for gradients.",
      tryThis:
        "compute the loss and call backward inside one scope: a batch of a set-up loader, fabric.step(() => …), or `using scope = tensorScope()`.",
    });
  }
  for (const output of outputs) {
    output.throwIfDisposed();
    if (wasFreed(tape, output.id)) throw new FreedGraphError("this output");
  }
  return tape;
}

function outputGradient(output: Tensor, gradient: Tensor | undefined): Tensor {
  if (gradient === undefined) {
    if (output.size === 1) return tf.ones(output.shape);
    throw new NoGradientError({
      message: "Only a scalar has an implicit gradient of 1.",
      expected: "a scalar, or a gradient of the output's shape",
      received: `an output of shape [${output.shape.join(", ")}]`,
      tryThis: "reduce the loss with .mean() or .sum(), or pass the gradient.",
    });
  }
  if (tf.util.arraysEqual(gradient.shape, output.shape)) return gradient;
  throw new NoGradientError({
    message: "The gradient does not fit its output.",
    expected: `shape [${output.shape.join(", ")}]`,
    received: `shape [${gradient.shape.join(", ")}]`,
    tryThis: "pass a gradient of exactly the output's shape.",
  });
}
