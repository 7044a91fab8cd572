import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import type { TrainerOptions } from "../options/trainer-options.js";
import { Trainer } from "./trainer.js";

/** A Trainer on tfjs' own backend that draws, logs and saves nothing, where nothing else is said. */
export function quietTrainer(options: TrainerOptions = {}): Trainer {
  return new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    logger: false,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
    ...options,
  });
}
