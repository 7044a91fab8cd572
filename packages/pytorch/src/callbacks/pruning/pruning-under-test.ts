import { nn } from "@lightning-ts/core";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { ModelPruning } from "./model-pruning.js";
import { hostOf, maskOf } from "./pruned-fields.js";
import type { ModelPruningOptions, PrunedField } from "./pruning-options.js";

export class Net extends LightningModule {
  readonly layer = new nn.Linear(2, 2);
  constructor() {
    super();
    this.layer.weight.setData([1, -2, 3, -4]);
    this.layer.bias?.setData([5, -0.5]);
  }
  get weight(): PrunedField {
    return [this.layer, "weight"];
  }
  get bias(): PrunedField {
    return [this.layer, "bias"];
  }
}

export const L1: ModelPruningOptions = { pruningFn: "l1_unstructured", useLotteryTicketHypothesis: false };

/** A Trainer of plain fields, and what is said. */
export function plainTrainer(fields: object = {}) {
  const said: string[] = [];
  const trainer: Trainer = Object({
    ...{ currentEpoch: 0, stage: "fit", sanityChecking: false },
    say: (line: string) => void said.push(line),
    ...fields,
  });
  return { trainer, said };
}

export function begin(options: Partial<ModelPruningOptions> = {}, fields: object = {}) {
  const net = new Net();
  const pruning = new ModelPruning({ ...L1, ...options });
  const under = plainTrainer(fields);
  pruning.setup(under.trainer, net, "fit");
  pruning.onFitStart();
  const masks = () => [net.weight, net.bias].map((field) => maskOf(field) && [...hostOf(field).mask]);
  return { ...under, net, pruning, masks };
}

export function failureOf(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return String(error);
  }
}
