import { describeGraphRunner } from "./describe-graph-runner.js";
import { openGraphRunner } from "./open-graph-runner.js";

describeGraphRunner({ name: "NativeRunner", create: () => openGraphRunner() });
