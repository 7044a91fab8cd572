import { testGraphRunner } from "./testing/test-graph-runner.js";
import { openGraphRunner } from "./open-graph-runner.js";

testGraphRunner({ name: "NativeRunner", create: () => openGraphRunner() });
