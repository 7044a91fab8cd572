import { util, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { FreedGraphError } from "../errors/freed-graph-error.js";
import { ModifiedVariableError } from "../errors/modified-variable-error.js";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { changedSince } from "../tensor/engine-internals/variables.js";
import { originalOf } from "../tensor/engine-internals/held-tensors.js";
import { savedInputNames, type Tape, type TapeNode } from "../tensor/engine-internals/tape.js";
import type { ScopeRecord } from "../tensor/engine-internals/scope-stack.js";
import { wasFreed } from "../tensor/free-tape.js";
import { tf } from "../tensor/tf.js";
import { GradientTable } from "./gradient-table.js";
import { INSTEAD_OF } from "./instead-of.js";
import { leadingNodes } from "./leading-nodes.js";
import { watchOfWalks } from "./watch-walks.js";

export interface WalkRequest {
  readonly tape: Tape;
  /** Where gradients start, with the gradient that flows in. */
  readonly outputs: readonly { readonly tensor: Tensor; readonly gradient: Tensor }[];
  /** Which tensors gradients are wanted for. */
  readonly isLeaf: (tensor: Tensor) => boolean;
  /** The open tfjs scope of the walk when intermediate results may be freed at once; none keeps them (createGraph). */
  readonly scope: ScopeRecord | undefined;
}

export interface WalkResult {
  /** Every leaf that lies between the tape's beginning and the outputs, with its gradient. */
  readonly leaves: Map<Tensor, Tensor>;
  /** The nodes that the gradients went through. */
  readonly used: Set<TapeNode>;
}

/** Walks a tape backwards from `outputs` to the leaves. Allocates in the innermost scope, frees nothing of the tape. */
export function walkBackward(request: WalkRequest): WalkResult {
  const { tape, outputs, isLeaf, scope } = request;
  const outputIds: number[] = [];
  for (const { tensor } of outputs) outputIds.push(tensor.id);
  const path = nodesOnPath(tape, outputIds, isLeaf);
  const gradients = new GradientTable(scope);
  const leaves = new Map(path.leaves);
  for (const { tensor, gradient } of outputs) {
    gradients.add(tensor.id, gradient);
    if (isLeaf(originalOf(tensor))) leaves.set(tensor.id, originalOf(tensor));
  }
  const watch = watchOfWalks();
  for (let i = path.nodes.length - 1; i >= 0; i -= 1) {
    const node = path.nodes[i];
    if (node === undefined) continue;
    if (watch === undefined) propagate(node, path.needed, gradients, leaves);
    else watch(node, () => propagate(node, path.needed, gradients, leaves));
  }
  const found = new Map<Tensor, Tensor>();
  for (const [id, leaf] of leaves) {
    const gradient = gradients.get(id);
    if (gradient !== undefined) found.set(leaf, gradient);
  }
  return { leaves: found, used: new Set(path.nodes) };
}

interface Path {
  /** Producers before consumers. */
  readonly nodes: TapeNode[];
  /** Tensors that a leaf flows into: gradients are computed for these only. */
  readonly needed: ReadonlySet<number>;
  readonly leaves: ReadonlyMap<number, Tensor>;
}

/** The nodes that lie between a leaf and the outputs. */
function nodesOnPath(tape: Tape, outputIds: readonly number[], isLeaf: (tensor: Tensor) => boolean): Path {
  const needed = new Set<number>();
  const leaves = new Map<number, Tensor>();
  const nodes: TapeNode[] = [];
  for (const node of leadingNodes(tape, outputIds)) {
    let isNeeded = false;
    for (const name in node.inputs) {
      const input = node.inputs[name];
      if (input === undefined || input === null) continue;
      const original = originalOf(input);
      if (isLeaf(original)) {
        leaves.set(input.id, original);
        needed.add(input.id);
        isNeeded = true;
      } else if (needed.has(input.id)) isNeeded = true;
      else if (wasFreed(tape, input.id)) throw new FreedGraphError(node.kernelName);
    }
    if (!isNeeded) continue;
    // As in PyTorch, integers and booleans cut the graph: comparisons, argmax, casts to int32.
    let carriesGradients = false;
    for (const { id, dtype } of node.outputs) {
      if (dtype !== "float32" && dtype !== "complex64") continue;
      needed.add(id);
      carriesGradients = true;
    }
    if (carriesGradients) nodes.push(node);
  }
  return { nodes, needed, leaves };
}

function propagate(
  node: TapeNode,
  needed: ReadonlySet<number>,
  gradients: GradientTable,
  leaves: ReadonlyMap<number, Tensor>,
): void {
  const { inputs, outputs } = node;
  const dys: (Tensor | null)[] = [];
  let hasGradient = false;
  for (const output of outputs) {
    const dy = gradients.get(output.id) ?? null;
    if (dy !== null) hasGradient = true;
    dys.push(dy);
  }
  if (!hasGradient) return;
  if (node.gradient === undefined || node.gradient === null) throw missingGradient(node);
  refuseModifiedVariables(node);
  const mark = gradients.mark();
  const inputGradients = node.gradient(dys);
  for (const name in inputs) {
    const input = inputs[name];
    if (input === undefined || input === null || !needed.has(input.id)) continue;
    const compute = inputGradients[name];
    if (compute === undefined) {
      if (name in inputGradients) continue;
      throw missingGradient(node, name);
    }
    const gradient = handedOn(node, input, dys[0]) ?? compute();
    checkGradient(node, name, input, gradient);
    gradients.add(input.id, gradient);
  }
  gradients.freeSince(mark);
  for (const output of outputs) if (!leaves.has(output.id)) gradients.drop(output.id);
}

/**
 * Hands the gradient of a sum on to its terms, where nothing was broadcast; tfjs' own gradient would reshape it once
 * for every term.
 */
function handedOn(node: TapeNode, input: Tensor, dy: Tensor | null | undefined): Tensor | undefined {
  return node.kernelName === "Add" && dy !== null && dy !== undefined && util.arraysEqual(input.shape, dy.shape)
    ? dy
    : undefined;
}

function checkGradient(node: TapeNode, name: string, input: Tensor, gradient: Tensor): void {
  if (gradient.dtype === "float32" && util.arraysEqual(gradient.shape, input.shape)) return;
  throw new NoGradientError({
    kernelName: node.kernelName,
    message: `The gradient of ${node.kernelName} for its input "${name}" does not fit that input.`,
    expected: `float32 [${input.shape.join(", ")}]`,
    received: `${gradient.dtype} [${gradient.shape.join(", ")}]`,
    tryThis: "check the gradient function if it is your own (tf.customGrad); otherwise please report this.",
  });
}

function missingGradient(node: TapeNode, input?: string): NoGradientError {
  return new NoGradientError({
    kernelName: node.kernelName,
    message: `The operation ${node.kernelName} has no gradient${input === undefined ? "" : ` for its input "${input}"`}.`,
    tryThis:
      INSTEAD_OF[node.kernelName] ??
      "detach() its result if no gradient should flow, give it one with tf.customGrad, or compute it another way.",
  });
}

/** Throws where a node has saved the value of a variable that was assigned since: its gradient would mix two states. */
function refuseModifiedVariables(node: TapeNode): void {
  if (node.saved === undefined || node.saved.length === 0) return;
  for (const name of savedInputNames(node)) {
    const input = node.inputs[name];
    if (input !== undefined && changedSince(input, node))
      throw new ModifiedVariableError({ kernelName: node.kernelName, shape: input.shape });
  }
}

/** Whether a tensor is a variable. Most are none, and those are told by what they lack. */
export function isVariable(tensor: Tensor): tensor is Variable {
  return "assign" in tensor && tensor instanceof tf.Variable;
}
