import { describeValue, MisconfigurationError, outsideScope } from "@lightning-ts/core";
import { REDUCE_OPS, type ReduceOp } from "../collectives/collective.js";
import { NotLaunchedError } from "../errors/not-launched-error.js";
import type { Strategy } from "../strategies/strategy.js";
import { FabricView } from "./fabric-view.js";

/** What a Fabric does together with the other ranks. On one rank nothing waits, and values stay as they are. */
export class FabricCollectives extends FabricView {
  /** Waits until every rank is here. */
  async barrier(name = "fabric.barrier"): Promise<void> {
    requireLaunch(this.strategy, "barrier");
    await outsideScope(this.strategy.collective.barrier({ name }));
  }
  /** The value of rank `source`, on every rank. */
  async broadcast<TValue>(value: TValue, source = 0): Promise<TValue> {
    requireLaunch(this.strategy, "broadcast");
    return outsideScope(this.strategy.broadcast(value, source, "fabric.broadcast"));
  }
  /** Tensors and numbers inside a collection from all ranks; on one rank as they are. */
  async allGather<TValue>(value: TValue): Promise<TValue> {
    requireLaunch(this.strategy, "allGather");
    return outsideScope(this.strategy.allGather(value, "fabric.allGather"));
  }
  /**
   * Reduces tensors and numbers inside a collection over the ranks.
   * @throws MisconfigurationError for another `op`, on one rank too
   */
  async allReduce<TValue>(value: TValue, op: ReduceOp = "mean"): Promise<TValue> {
    requireLaunch(this.strategy, "allReduce");
    requireReduceOp(op);
    return outsideScope(this.strategy.reduce(value, op, "fabric.allReduce"));
  }

  /** Rank 0 (of each machine with `local`) runs `body` first; the others wait and run it then. */
  async rankZeroFirst<TResult>(
    body: () => TResult,
    options: { readonly local?: boolean | undefined } = {},
  ): Promise<Awaited<TResult>> {
    const rank = options.local === true ? this.localRank : this.globalRank;
    if (rank > 0) await this.barrier("fabric.rankZeroFirst");
    const result = await body();
    if (rank === 0) await this.barrier("fabric.rankZeroFirst");
    return result;
  }
}

/** @throws NotLaunchedError before `launch` */
export function requireLaunch(strategy: Strategy, what: string): void {
  if (!strategy.isLaunched) throw new NotLaunchedError(`fabric.${what}()`);
}

/** Callers without types pass `{ reduceOp: "sum" }`, as Python's keyword reads. */
function requireReduceOp(op: unknown): void {
  if (REDUCE_OPS.some((known) => known === op)) return;
  throw new MisconfigurationError({
    code: "LIT_REDUCE_OP",
    message: "fabric.allReduce() does not know this way to reduce.",
    expected: REDUCE_OPS.map((known) => JSON.stringify(known)).join(", "),
    received: describeValue(op),
    tryThis: 'fabric.allReduce(value, "sum").',
  });
}
