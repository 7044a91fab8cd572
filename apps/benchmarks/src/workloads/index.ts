import { cnn } from "./cnn.js";
import { lstm } from "./lstm.js";
import { mlp } from "./mlp.js";
import { nanoGpt } from "./nano-gpt.js";
import type { Workload, WorkloadName } from "./workload.js";

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = { mlp, cnn, nanogpt: nanoGpt, lstm };
