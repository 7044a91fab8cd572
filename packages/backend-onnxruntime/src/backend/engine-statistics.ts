import type { GraphRunnerStatistics } from "../contract/graph-runner.js";
import type { PlanCacheStatistics } from "../graph/plan-cache.js";

/** What the engine holds and has done so far. */
export interface EngineStatistics extends GraphRunnerStatistics {
  /** What runs the graphs, e.g. `"onnxruntime C API 1.30.0"`. */
  readonly runner: string;
  readonly cache: PlanCacheStatistics;
  /** Recorded ops that have not run. */
  readonly pendingNodes: number;
  /** Tensor contents alive in this backend. */
  readonly tensors: number;
}
