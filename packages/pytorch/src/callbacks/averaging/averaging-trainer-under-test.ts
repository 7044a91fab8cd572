import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, type MemoryFiles } from "@lightning-ts/testing";
import type { TrainerOptions } from "../../options/trainer-options.js";
import type { Trainer } from "../../trainer/trainer.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

/** A Trainer that does nothing beside what its options say, for runs that are compared with recorded ones. */
export function averagingTrainer(files: MemoryFiles, backend: string, options: TrainerOptions): Trainer {
  return quietTrainer({
    accelerator: cpu({ backend }),
    numSanityValSteps: 0,
    ports: { files, terminal: new FakeTerminal() },
    ...options,
  });
}
