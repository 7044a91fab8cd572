import type { PrecisionName } from "@lightning-ts/core";
import { FullPrecision } from "../precision/full-precision.js";
import { HalfPrecision } from "../precision/half-precision.js";
import { Bfloat16MixedPrecision, MixedPrecision } from "../precision/mixed-precision.js";
import type { Precision } from "../precision/precision.js";
import { UnavailablePrecision } from "../precision/unavailable-precision.js";
import { unknownNameError } from "./unknown-name-error.js";

export const PRECISION_NAMES: readonly PrecisionName[] = [
  "64-true",
  "32-true",
  "16-true",
  "bf16-true",
  "16-mixed",
  "bf16-mixed",
];
const SHORT_NAMES = new Map<string, PrecisionName>([
  ["64", "64-true"],
  ["32", "32-true"],
  ["16", "16-mixed"],
  ["bf16", "bf16-mixed"],
]);

/** @throws MisconfigurationError for a name that is no precision */
export function resolvePrecision(option: string | number | Precision): Precision {
  if (typeof option === "object" && option !== null && option.kind === "precision") return option;
  const text = String(option);
  const name = SHORT_NAMES.get(text) ?? PRECISION_NAMES.find((known) => known === text);
  if (name === undefined) throw unknownNameError("precision", option, PRECISION_NAMES);
  switch (name) {
    case "32-true":
      return new FullPrecision();
    case "16-mixed":
      return new MixedPrecision();
    case "bf16-mixed":
      return new Bfloat16MixedPrecision();
    case "16-true":
    case "bf16-true":
      return new HalfPrecision(name);
    case "64-true":
      return new UnavailablePrecision(name);
    default:
      return name satisfies never;
  }
}
