import { classNameOf, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import type { LightningModule } from "../contract/lightning-module.js";

/** A field that a tuner sets, on everything that has it. */
export interface TunedAttribute {
  readonly name: string;
  /** The module, its hyperparameters, the data module. */
  readonly holders: readonly object[];
}

interface Search {
  readonly module: LightningModule;
  readonly datamodule?: object | undefined;
  /** Names to look for, the first that is found counts. */
  readonly names: readonly string[];
  /** The option that names another one. */
  readonly option: string;
}

/**
 * Finds the field: on the module, in its `hparams`, on the data module and in its `hparams`.
 * @throws MisconfigurationError where nobody has it
 */
export function findAttribute({ module, datamodule, names, option }: Search): TunedAttribute {
  const owners = datamodule === undefined ? [module] : [module, datamodule];
  const places = owners.flatMap((owner) => [owner, ...hparamsOf(owner)]);
  for (const name of names) {
    const holders = places.filter((place) => name in place);
    if (holders.length > 0) return { name, holders };
  }
  const owner = owners.map((place) => classNameOf(place)).join(" or ");
  throw new MisconfigurationError({
    code: "LIT_TUNER",
    message: `The tuner found no field to set in ${owner} or its hyperparameters.`,
    expected: names.map((name) => `"${name}"`).join(" or "),
    tryThis: `${option}: "…" if it has another name, or updateAttr: false to leave it alone.`,
  });
}

export function readAttribute({ name, holders }: TunedAttribute): unknown {
  return Reflect.get(holders[0] ?? {}, name);
}

export function setAttribute({ name, holders }: TunedAttribute, value: unknown): void {
  for (const holder of holders) Reflect.set(holder, name, value);
}

function hparamsOf(owner: object): object[] {
  const hparams: unknown = "hparams" in owner ? owner.hparams : undefined;
  return isPlainObject(hparams) || (typeof hparams === "object" && hparams !== null) ? [hparams] : [];
}
