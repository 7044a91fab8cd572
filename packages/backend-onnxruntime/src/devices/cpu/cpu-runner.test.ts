import { testGraphRunner } from "../testing/test-graph-runner.js";
import { openGraphRunner } from "../open-graph-runner.js";

testGraphRunner({ name: "CpuRunner", create: () => openGraphRunner() });
