export { FakeClock } from "./fakes/fake-clock.js";
export { FakeEnvironment } from "./fakes/fake-environment.js";
export { FakeSignals } from "./fakes/fake-signals.js";
export { FakeTerminal } from "./fakes/fake-terminal.js";
export { InProcessCollectives } from "./fakes/in-process-collectives.js";
export { StrategyOfRank } from "./fakes/strategy-of-rank.js";
export { fileError, MemoryFiles, type FaultPlan, type FileOperation } from "./fakes/memory-files.js";

export { describeCheckpointStore, type CheckpointStoreSuite } from "./conformance/describe-checkpoint-store.js";
export {
  describeClusterEnvironment,
  type ClusterEnvironmentSuite,
} from "./conformance/describe-cluster-environment.js";
export { describeCollective, type CollectiveSuite } from "./conformance/describe-collective.js";
export { describeLogger, type LoggerSuite } from "./conformance/describe-logger.js";
export { BoringModel, type BoringBatch } from "./models/boring-model.js";
export { randomDataset } from "./models/random-dataset.js";
export { describeAccelerator, type AcceleratorSuite } from "./conformance/describe-accelerator.js";
export { describePrecision, type PrecisionSuite } from "./conformance/describe-precision.js";
export { describeStrategy, type StrategySuite } from "./conformance/describe-strategy.js";
export { runHookTrace, type TracedCase } from "./golden/run-hook-trace.js";
