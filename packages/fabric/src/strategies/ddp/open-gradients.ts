import { tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import type { OpenGradient } from "../strategy.js";
import { bucketsOf, type GradientEntry } from "./buckets.js";

/** A tensor that counts so many times in what a rank has of a gradient. */
export interface GradientShare {
  readonly gradient: Tensor;
  readonly times: number;
}

interface OpenGradientsRequest {
  readonly collective: Collective;
  /** The same on all ranks. */
  readonly parameters: readonly Variable[];
  /** Whether this rank needs a parameter's gradient. */
  readonly isOpen: (parameter: Variable) => boolean;
  /** What this rank has of a parameter's gradient, which is the mean of what all ranks have. */
  readonly sharesOf: (parameter: Variable) => readonly GradientShare[];
  readonly bucketBytes: number;
}

/**
 * The gradients that ranks have not reduced yet, reduced into arrays of their own: whatever else travels compressed,
 * these are float32, since the rest of their window is still to come.
 * @returns the same on all ranks
 */
export async function openGradientsOfRanks(request: OpenGradientsRequest): Promise<OpenGradient[]> {
  const { collective, parameters, isOpen, sharesOf, bucketBytes } = request;
  const flags = Uint8Array.from(parameters, (parameter) =>
    isOpen(parameter) && sharesOf(parameter).length > 0 ? 1 : 0,
  );
  await collective.allReduce(flags, { name: "open gradients", op: "max" });
  const means = new Map<Variable, OpenGradient>();
  const entries = parameters.flatMap((parameter, index): GradientEntry[] =>
    flags[index] === 1 ? [{ parameter, gradient: null }] : [],
  );
  const buckets = bucketsOf(entries, bucketBytes);
  for (const [index, bucket] of buckets.entries()) {
    const flat = new Float32Array(bucket.reduce((sum, { parameter }) => sum + parameter.size, 0));
    let from = 0;
    const places = bucket.map(({ parameter }) => ({
      parameter,
      values: flat.subarray(from, (from += parameter.size)),
    }));
    for (const { parameter, values } of places) await addShares(values, sharesOf(parameter));
    const name = `open gradients, bucket ${index + 1} of ${buckets.length}`;
    await collective.allReduce(flat, { name, op: "mean" });
    for (const { parameter, values } of places)
      means.set(parameter, tf.buffer([...parameter.shape], "float32", values.slice()));
  }
  return parameters.map((parameter) => means.get(parameter) ?? null);
}

async function addShares(sum: Float32Array, shares: readonly GradientShare[]): Promise<void> {
  for (const { gradient, times } of shares) {
    const values = await gradient.data();
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] ?? 0) + times * (values[i] ?? 0);
  }
}
