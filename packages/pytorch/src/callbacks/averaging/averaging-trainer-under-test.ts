import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, type MemoryFiles } from "@lightning-ts/testing";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { Trainer } from "../../trainer/trainer.js";

/** A Trainer that does nothing beside what its options say, for runs that are compared with recorded ones. */
export function averagingTrainer(files: MemoryFiles, backend: string, options: TrainerOptions): Trainer {
  return new Trainer({
    accelerator: cpu({ backend }),
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    numSanityValSteps: 0,
    ports: { files, terminal: new FakeTerminal() },
    ...options,
  });
}
