import type { Tensor } from "@tensorflow/tfjs-core";
import type { OverRanks } from "../ports/rank-exchange.js";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

/** Reads x, so that what a lazy engine has recorded of it runs now, and blocks until the other ranks come. */
const sumKernel: FusedKernel<"core.SumOverRanks"> = {
  name: "core.SumOverRanks",
  composite: ({ x }, { ranks, name }) => {
    const values = Float32Array.from(x.dataSync());
    ranks.sum(values, name);
    return [tf.tensor(values, x.shape, "float32")];
  },
  gradient: {
    holds: [],
    isDifferentiable: true,
    // What a rank adds reaches the results of all, so all their gradients come back to it.
    compute: ({ dy, attrs }) => ({ x: () => sumOverRanks(dy, attrs) }),
  },
};

const gatherKernel: FusedKernel<"core.GatherOverRanks"> = {
  name: "core.GatherOverRanks",
  composite: ({ x }, { ranks, name }) => {
    const values = ranks.gather(Float32Array.from(x.dataSync()), name);
    return [tf.tensor(values, [ranks.worldSize, ...x.shape], "float32")];
  },
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: ({ dy, attrs }) => ({ x: () => tf.gather(sumOverRanks(dy, attrs), attrs.ranks.rank) }),
  },
};

/** The sum of all ranks' x [...], on every rank. Its gradient sums over the ranks too. */
export function sumOverRanks(x: Tensor, over: OverRanks): Tensor {
  return runFusedSingle(sumKernel, { x }, over);
}

/** x [...] of all ranks: [ranks, ...]. */
export function gatherOverRanks(x: Tensor, over: OverRanks): Tensor {
  return runFusedSingle(gatherKernel, { x }, over);
}
