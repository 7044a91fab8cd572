export { FakeClock } from "./fakes/fake-clock.js";
export { FakeEnvironment } from "./fakes/fake-environment.js";
export { FakeSignals } from "./fakes/fake-signals.js";
export { FakeTerminal } from "./fakes/fake-terminal.js";
export { fileError, MemoryFiles, type FaultPlan, type FileOperation } from "./fakes/memory-files.js";
