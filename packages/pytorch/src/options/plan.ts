import type { ResolvedLimit } from "../words/batch-limit.js";
import type { Stage } from "../words/stages.js";
import type { OptionKind } from "./option-definition.js";
import type { PLAN_OPTIONS } from "./option-table.js";
import type { ValidationInterval } from "./validation-interval.js";
import type { ClippingAlgorithm } from "../words/clipping.js";

type PlannedValue<TDefinition> = TDefinition extends { readonly kind: OptionKind<infer _TValue, infer TPlanned> }
  ? TDefinition extends { readonly default: unknown }
    ? TPlanned
    : TPlanned | undefined
  : never;

/** Each option of the table under its name: parsed, or its default; `undefined` where there is neither. */
export type PlannedOptions = {
  readonly [TName in keyof typeof PLAN_OPTIONS]: PlannedValue<(typeof PLAN_OPTIONS)[TName]>;
};

/** Options that the plan holds in another form. */
type Regrouped =
  | "minEpochs"
  | "maxTime"
  | "limitTrainBatches"
  | "limitValBatches"
  | "limitTestBatches"
  | "limitPredictBatches"
  | "overfitBatches"
  | "valCheckInterval"
  | "gradientClipVal"
  | "gradientClipAlgorithm"
  | "defaultRootDir";

export interface GradientClipping {
  readonly value: number;
  readonly algorithm: ClippingAlgorithm;
}

/** What a Trainer was asked for, checked, with every default filled in. Frozen. */
export interface TrainerPlan extends Omit<PlannedOptions, Regrouped> {
  readonly minEpochs: number;
  readonly maxTimeMs: number | undefined;
  readonly limits: Readonly<Record<"train" | Exclude<Stage, "fit">, ResolvedLimit>>;
  readonly isOverfitting: boolean;
  readonly validationInterval: ValidationInterval;
  readonly gradientClipping: GradientClipping | undefined;
  /** An absolute path. */
  readonly defaultRootDir: string;
  readonly enableLogger: boolean;
  /** What the user should hear once, because it is easily meant differently. */
  readonly notes: readonly string[];
}
