export { FakeClock } from "./fakes/fake-clock.js";
export { FakeEnvironment } from "./fakes/fake-environment.js";
export { FakeSignals } from "./fakes/fake-signals.js";
export { FakeTerminal } from "./fakes/fake-terminal.js";
export { InProcessCollectives } from "./fakes/in-process-collectives.js";
export { StrategyOfRank } from "./fakes/strategy-of-rank.js";
export { fileError, MemoryFiles, type FaultPlan, type FileOperation } from "./fakes/memory-files.js";

export { testCheckpointStore, type CheckpointStoreSuite } from "./conformance/test-checkpoint-store.js";
export { testClusterEnvironment, type ClusterEnvironmentSuite } from "./conformance/test-cluster-environment.js";
export { testCollective, type CollectiveSuite } from "./conformance/test-collective.js";
export { testLogger, type LoggerSuite } from "./conformance/test-logger.js";
export { BoringModel, type BoringBatch } from "./models/boring-model.js";
export { randomDataset } from "./models/random-dataset.js";
export { testAccelerator, type AcceleratorSuite } from "./conformance/test-accelerator.js";
export { testPrecision, type PrecisionSuite } from "./conformance/test-precision.js";
export { testStrategy, type StrategySuite } from "./conformance/test-strategy.js";
export { runHookTrace, type TracedCase } from "./golden/run-hook-trace.js";
export { runMetricRecords, type MetricCase, type MetricRecord } from "./golden/run-metric-records.js";
