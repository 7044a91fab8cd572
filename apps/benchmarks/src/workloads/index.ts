import { cnn } from "./cnn.js";
import { mlp } from "./mlp.js";
import { nanoGpt } from "./nano-gpt.js";
import { recurrent } from "./recurrent.js";
import { resnet18 } from "./resnet18.js";
import type { Workload, WorkloadName } from "./workload.js";

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  mlp,
  cnn,
  nanogpt: nanoGpt,
  lstm: recurrent("lstm"),
  gru: recurrent("gru"),
  rnn: recurrent("rnn"),
  resnet18,
};
