import { tf } from "@lightning-ts/core";
import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import { gradientNormsHere, type GradientNorms } from "../gradient-norms.js";
import { combineNorms } from "./clip-over-ranks.js";

export interface NormsRequest {
  readonly collective: Collective;
  /** The same on all ranks. */
  readonly parameters: readonly Variable[];
  readonly normType: number;
  /** Which rank has a parameter's gradient. */
  readonly ownerOf: (parameter: Variable) => number;
}

/** In the place of a norm, which is never below 0. */
const NO_GRADIENT = -1;

/** Norms of gradients that ranks divide between them, on each of them. Blocks until all have measured theirs. */
export function gradientNormsOfRanks({ collective, parameters, normType, ownerOf }: NormsRequest): GradientNorms {
  const { rank, worldSize } = collective;
  const own = parameters.filter((parameter) => ownerOf(parameter) === rank);
  const here = gradientNormsHere(own, normType);
  // One read for all, since a lazy backend computes at each.
  const read = tf.tidy(() => tf.stack([...here.each.values(), here.total])).dataSync();
  const measured = new Map([...here.each.keys()].map((parameter, index) => [parameter, read[index]]));
  const sent = Float32Array.from(parameters, (parameter) => measured.get(parameter) ?? NO_GRADIENT);
  const length = parameters.length + 1;
  const message = new Float32Array(length);
  message.set(sent);
  message[length - 1] = read[here.each.size] ?? Number.NaN;
  const messages = new Float32Array(worldSize * length);
  collective.allGather(message, messages, { name: "norms of the gradients" }).join();
  const each = parameters.flatMap((parameter, index) => {
    const norm = messages[ownerOf(parameter) * length + index] ?? Number.NaN;
    return norm === NO_GRADIENT ? [] : [[parameter, tf.scalar(norm)] as const];
  });
  const totals = Array.from({ length: worldSize }, (_, source) => messages[(source + 1) * length - 1] ?? Number.NaN);
  return { each: new Map(each), total: tf.scalar(combineNorms(totals, normType)) };
}
