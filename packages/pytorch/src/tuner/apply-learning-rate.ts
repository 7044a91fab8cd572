import { MisconfigurationError } from "@lightning-ts/core";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import type { LRFinder } from "./lr-finder.js";
import { findAttribute, setAttribute, type TunedAttribute } from "./tuned-attribute.js";

/** Which field gets the rate that was found. */
export interface LRAttributeOptions {
  /** Set the field, and the rate of live optimizers. @default true */
  readonly updateAttr?: boolean | undefined;
  /** Name of the field. @default `lr`, else `learningRate` */
  readonly attrName?: string | undefined;
}

/** Names of the options above. */
export const ATTRIBUTE_OPTIONS = ["updateAttr", "attrName"] as const;

/** The field that the rate goes to; looked for before anything is tried. */
export function learningRateField(
  module: LightningModule,
  { updateAttr = true, attrName }: LRAttributeOptions,
): TunedAttribute | undefined {
  if (!updateAttr) return undefined;
  const names = attrName === undefined ? ["lr", "learningRate"] : [attrName];
  return findAttribute({ module, names, option: "attrName" });
}

/** Sets the rate that is suggested, or says that there is none. */
export function applyLearningRate(trainer: Trainer, finder: LRFinder, field: TunedAttribute | undefined): void {
  const rate = finder.suggestion();
  if (rate === undefined)
    trainer.warn(
      "no suggestion",
      "The learning rate finder made too few steps to suggest a rate: more numTraining, or more data.",
    );
  if (rate === undefined || field === undefined) return;
  setAttribute(field, rate);
  for (const optimizer of trainer.optimizers) for (const group of optimizer.paramGroups) group.lr = rate;
  trainer.say(`Learning rate set to ${rate}`);
}

/** @throws MisconfigurationError where several processes would each find a rate of their own */
export function requireOneProcess(trainer: Trainer, what: string): void {
  if (trainer.worldSize === 1) return;
  throw new MisconfigurationError({
    code: "LIT_TUNER",
    message: `${what} works on one device, and this Trainer has ${trainer.worldSize} processes.`,
    tryThis: "find the value with devices: 1 first, and train with it afterwards.",
  });
}
