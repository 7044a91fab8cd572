import { isPlainObject, MisconfigurationError, tf, type Optimizer } from "@lightning-ts/core";
import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import { onHost, packValue, TravellingTensor, unpackValue } from "../ddp/pack-value.js";
import { bytesToRankZero } from "./bytes-to-rank-zero.js";
import {
  optimizerStatesIn,
  withOptimizerStates,
  type StateEntries,
  type UnwrittenTree,
} from "./optimizer-states-in-tree.js";

/**
 * The entries of optimizers' states that this rank has to save, by their place in the tree.
 * @param isOurs whether this rank updates a parameter
 */
export function ownEntries(
  tree: UnwrittenTree,
  optimizers: Iterable<Optimizer>,
  isOurs: (parameter: Variable) => boolean,
): Map<string, StateEntries> {
  const parameterOf = new Map<unknown, Variable>();
  for (const { state } of optimizers)
    for (const [parameter, { tensors }] of state)
      for (const tensor of tensors.values()) parameterOf.set(tensor, parameter);
  // A checkpoint that was just loaded left every entry on every rank.
  const isKept = (entry: unknown): boolean => {
    if (!isPlainObject(entry)) return true;
    const parameters = Object.values(entry).flatMap((value) => parameterOf.get(value) ?? []);
    return parameters.length === 0 || parameters.some(isOurs);
  };
  return new Map(
    [...optimizerStatesIn(tree)].map(([path, entries]) => [
      path,
      Object.fromEntries(Object.entries(entries).filter(([, entry]) => isKept(entry))),
    ]),
  );
}

/**
 * Rank 0's tree with the optimizers' states of all ranks. The other ranks get their own back.
 * @param own what `ownEntries` gave
 * @throws MisconfigurationError where another rank has an optimizer at a place where rank 0 has none
 */
export async function withWholeStates<TTree extends UnwrittenTree>(
  tree: TTree,
  own: ReadonlyMap<string, StateEntries>,
  collective: Collective,
): Promise<TTree> {
  const whole = new Map(optimizerStatesIn(tree));
  const isRankZero = collective.rank === 0;
  const bytes = isRankZero ? new Uint8Array() : packValue(await onHost(Object.fromEntries(own)));
  await bytesToRankZero(collective, bytes, {
    name: "states of optimizers",
    take: (received, rank) => {
      const states = unpackValue(received);
      if (!isPlainObject(states)) throw new TypeError("unreachable: a rank sent no states");
      for (const [place, entries] of Object.entries(states)) {
        const known = whole.get(place);
        if (known === undefined || !isPlainObject(entries))
          throw new MisconfigurationError({
            code: "LIT_RANKS",
            message: "Ranks save different optimizers.",
            expected: `the same places in all checkpoints; on rank 0: ${[...whole.keys()].join(", ") || "none"}`,
            received: `an optimizer at ${place} on rank ${rank}`,
          });
        whole.set(place, { ...known, ...storable(entries) });
      }
    },
  });
  return isRankZero ? withOptimizerStates(tree, whole) : tree;
}

/** Tensors that have travelled, as checkpoints hold them. */
function storable(values: UnwrittenTree): UnwrittenTree {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, storableValue(value)]));
}

function storableValue(value: unknown): unknown {
  if (value instanceof TravellingTensor) return tf.buffer([...value.shape], value.dtype, value.values);
  if (Array.isArray(value)) return value.map(storableValue);
  return isPlainObject(value) ? storable(value) : value;
}
