import { cnn } from "./cnn.js";
import { convnext } from "./convnext.js";
import { mlp } from "./mlp.js";
import { mobilenet } from "./mobilenet.js";
import { gpt6, nanoGpt } from "./gpt.js";
import { prediction } from "./prediction.js";
import { recurrent } from "./recurrent.js";
import { resnet18 } from "./resnet18.js";
import type { Workload, WorkloadName } from "./workload.js";

export const WORKLOADS: Readonly<Record<WorkloadName, Workload>> = {
  mlp,
  cnn,
  nanogpt: nanoGpt,
  gpt6,
  lstm: recurrent("lstm"),
  gru: recurrent("gru"),
  rnn: recurrent("rnn"),
  resnet18,
  mobilenet,
  convnext,
  "mlp-predict": prediction("mlp-predict", mlp),
  "cnn-predict": prediction("cnn-predict", cnn),
  "resnet18-predict": prediction("resnet18-predict", resnet18),
};
