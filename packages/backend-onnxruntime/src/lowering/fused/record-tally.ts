import type { Recording } from "../../contract/lazy-kernel.js";
import { booleanAttribute, numberAttribute, type Attributes } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import type { CallInputs } from "./fused-lowering.js";
import { tallyOutputs } from "./tally-nodes.js";

type TallyInputs = CallInputs<"lit.ClassTally">;

interface TallyAttributes {
  readonly ignores: boolean;
  readonly ignoreIndex: number;
}

/** How a tally is recorded. @param own the attributes that only this kernel has */
export function recordTally(
  kernel: string,
  inputs: TallyInputs,
  attrs: Attributes<TallyAttributes>,
  own: Readonly<Record<string, number>>,
): Recording {
  const preds = requiredInput(kernel, inputs, "preds");
  const target = requiredInput(kernel, inputs, "target");
  const tally = requiredInput(kernel, inputs, "tally");
  const { range } = inputs;
  const ignores = booleanAttribute(attrs, "ignores");
  return {
    inputs: range === undefined ? [preds, target, tally] : [preds, target, tally, range],
    outputs: tallyOutputs(tally, range),
    attrs: ignores ? { ...own, ignores, ignoreIndex: numberAttribute(attrs, "ignoreIndex") } : { ...own, ignores },
  };
}

/** The target that a recorded tally counts nowhere. */
export function ignoredClass(attrs: Attributes): number | undefined {
  return booleanAttribute(attrs, "ignores") ? numberAttribute(attrs, "ignoreIndex") : undefined;
}
