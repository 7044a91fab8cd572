import { randomState, restoreRandomState, tf } from "@lightning-ts/core";
import type { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer as TrainerContract } from "../contract/trainer.js";
import { Door } from "../door/door.js";
import { Driver } from "../door/driver.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { optionsOfTrainer } from "../trainer/options-of-trainer.js";
import { Trainer } from "../trainer/trainer.js";
import { markTrial } from "../words/trials.js";

export interface Trial {
  readonly module: LightningModule;
  readonly callbacks: readonly Callback[];
  /** In place of those of the Trainer that is tuned. */
  readonly options: TrainerOptions;
  readonly run: (trainer: TrainerContract) => Promise<unknown>;
  /** Loaders that are given to the run: they go back to where they were. */
  readonly loaders?: unknown;
}

/** Options of a Trainer that mean nothing to a trial: it writes nothing, shows nothing and ends after a few steps. */
const SILENT = {
  logger: false,
  profiler: undefined,
  fastDevRun: undefined,
  barebones: undefined,
  enableCheckpointing: false,
  enableProgressBar: false,
  enableModelSummary: false,
  enableAutologHparams: false,
  numSanityValSteps: 0,
  maxEpochs: -1,
  minEpochs: undefined,
  minSteps: undefined,
  maxTime: undefined,
  terminateOnNan: false,
  onInterrupt: "throw",
} as const satisfies TrainerOptions;

/**
 * Runs a module for a few steps with a Trainer like another one, and puts everything back: weights and statistics,
 * train and eval mode, random numbers, positions of loaders. Optimizers are made for the trial and freed with it.
 */
export async function runTrial(
  like: TrainerContract,
  { module, callbacks, options, run, loaders }: Trial,
): Promise<void> {
  const trainer = new Trainer({ ...optionsOfTrainer(like), ...SILENT, ...options, callbacks });
  markTrial(trainer);
  const random = randomState();
  const positions = remembered(loaders);
  const driver = new Driver();
  const door = new Door({ driver, position: () => "the trial of a tuner" });
  const state = await driver.run(door.call(module, "stateDict"));
  const weights = new Map([...state].map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]));
  try {
    await run(trainer);
  } finally {
    trainer.dispose();
    module.zeroGrad();
    await driver.run(door.call(module, "loadStateDict", weights));
    for (const copy of weights.values()) copy.dispose();
    for (const goBack of positions) goBack();
    restoreRandomState(random);
  }
}

/** What puts loaders back that have a position. */
function remembered(loaders: unknown): (() => void)[] {
  const all: readonly unknown[] = Array.isArray(loaders) ? loaders : [loaders];
  return all.flatMap((loader) => {
    if (!hasPosition(loader)) return [];
    const state = loader.state();
    return [() => loader.restore(state)];
  });
}

interface Positioned {
  state(): unknown;
  restore(state: unknown): void;
}

function hasPosition(loader: unknown): loader is Positioned {
  if (typeof loader !== "object" || loader === null || !("state" in loader) || !("restore" in loader)) return false;
  return typeof loader.state === "function" && typeof loader.restore === "function";
}
