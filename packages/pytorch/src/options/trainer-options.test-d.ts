import { expectTypeOf } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import type { ResolvedLimit } from "../words/batch-limit.js";
import type { OptionKind } from "./option-definition.js";
import type { PLAN_OPTIONS, TRAINER_OPTIONS } from "./option-table.js";
import type { PlannedOptions, TrainerPlan } from "./plan.js";
import type { TrainerOptions } from "./trainer-options.js";
import type { ValidationInterval } from "./validation-interval.js";

// The table has every option, and each kind has exactly the type that the option has.
type ValueOf<TDefinition> = TDefinition extends { readonly kind: OptionKind<infer TValue, unknown> } ? TValue : never;
type ValuesOf<TTable> = { [TName in keyof TTable]: ValueOf<TTable[TName]> };
type TypesOf<TTable> = {
  -readonly [TName in keyof TTable & keyof TrainerOptions]-?: NonNullable<TrainerOptions[TName]>;
};
expectTypeOf<ValuesOf<typeof TRAINER_OPTIONS>>().toEqualTypeOf<Readonly<TypesOf<typeof TRAINER_OPTIONS>>>();
expectTypeOf<ValuesOf<typeof PLAN_OPTIONS>>().toEqualTypeOf<TypesOf<typeof PLAN_OPTIONS>>();

// The plan has what a kind makes of a value, and nothing is missing where there is a default.
expectTypeOf<PlannedOptions["logEveryNSteps"]>().toEqualTypeOf<number>();
expectTypeOf<PlannedOptions["maxEpochs"]>().toEqualTypeOf<number | undefined>();
expectTypeOf<PlannedOptions["fastDevRun"]>().toEqualTypeOf<number>();
expectTypeOf<PlannedOptions["limitTrainBatches"]>().toEqualTypeOf<ResolvedLimit>();
expectTypeOf<PlannedOptions["valCheckInterval"]>().toEqualTypeOf<ValidationInterval>();
expectTypeOf<PlannedOptions["onInterrupt"]>().toEqualTypeOf<"return" | "throw" | "exit">();
expectTypeOf<TrainerPlan["checkValEveryNEpoch"]>().toEqualTypeOf<number | false>();
expectTypeOf<TrainerPlan>().not.toHaveProperty("limitTrainBatches");

void new Trainer({ deterministic: true, benchmark: false, inferenceMode: true, syncBatchnorm: false });
// @ts-expect-error There is nothing to tune.
void new Trainer({ benchmark: true });
// @ts-expect-error No profiler has this name.
void new Trainer({ profiler: "xla" });
// @ts-expect-error An option that Lightning renamed.
void new Trainer({ gpus: 1 });
// @ts-expect-error A whole number of epochs.
void new Trainer({ maxEpochs: "3" });
