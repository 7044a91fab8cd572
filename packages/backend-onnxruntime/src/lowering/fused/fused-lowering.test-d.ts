import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import { expectTypeOf } from "vitest";
import type { FusedKernelName } from "../../contract/fused-kernels.js";
import type { LazyKernel, Recording } from "../../contract/lazy-kernel.js";
import {
  type Attributes,
  booleanAttribute,
  numberAttribute,
  numbersAttribute,
  stringAttribute,
} from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import type { FusedLowering, FusedLowerings } from "./fused-lowering.js";
import { updateKernel } from "./update-kernel.js";

const parts = { lower: () => [] };
const nothing: Recording = { inputs: [], outputs: [] };

// A kernel of the contract without a lowering is an error, and so is a lowering under another kernel's name.
declare const allButOne: Omit<FusedLowerings, "lit.Gelu">;
declare const gelu: FusedLowering<"lit.Gelu">;
// @ts-expect-error lit.Gelu has no lowering
const incomplete: FusedLowerings = allButOne;
const complete: FusedLowerings = { ...allButOne, "lit.Gelu": gelu };
// @ts-expect-error this is the lowering of lit.Gelu
const misplaced: FusedLowerings = { ...allButOne, "lit.Gelu": gelu, "lit.Dropout": gelu };
expectTypeOf<keyof FusedLowerings>().toEqualTypeOf<FusedKernelName>();
expectTypeOf(complete["lit.Gelu"]).toExtend<LazyKernel>();

export const linear: FusedLowering<"lit.Linear"> = {
  ...parts,
  name: "lit.Linear",
  record(inputs, attrs) {
    // Inputs have the contract's names, and those that may be absent are not required.
    expectTypeOf(requiredInput("lit.Linear", inputs, "weight")).toEqualTypeOf<TensorInfo>();
    expectTypeOf(inputs.bias).toEqualTypeOf<TensorInfo | undefined>();
    // @ts-expect-error it is called weight
    requiredInput("lit.Linear", inputs, "weights");
    // @ts-expect-error the bias may be absent
    requiredInput("lit.Linear", inputs, "bias");
    // @ts-expect-error there is no such input
    expectTypeOf(inputs.offset).toBeAny();
    // Attributes have the contract's names and types.
    expectTypeOf(stringAttribute(attrs, "activation")).toEqualTypeOf<string>();
    // @ts-expect-error it is called activation
    stringAttribute(attrs, "activations");
    // @ts-expect-error it is no number
    numberAttribute(attrs, "activation");
    return nothing;
  },
};

export const conv: FusedLowering<"lit.Conv"> = {
  ...parts,
  name: "lit.Conv",
  record(_inputs, attrs) {
    numbersAttribute(attrs, "stride");
    numberAttribute(attrs, "groups");
    // @ts-expect-error it is no list
    numbersAttribute(attrs, "groups");
    return nothing;
  },
};

// Where there is no contract any name will do.
declare const plainAttrs: NamedAttrMap | undefined;
declare const plainInputs: NamedTensorInfoMap;
booleanAttribute(plainAttrs, "keepDims");
requiredInput("Sum", plainInputs, "x");
expectTypeOf<NamedAttrMap>().toExtend<Attributes>();

// An optimizer's formula reads attributes, options and numbers by name.
updateKernel({
  name: "lit.SgdUpdate",
  options: {
    isNesterov: (call) => call.boolean("nesterov"),
    // @ts-expect-error it is no boolean
    isMoving: (call) => call.boolean("momentum"),
  },
  lists: () => ["p", "g"],
  // @ts-expect-error there is no such attribute
  numbers: { rate: (call) => call.number("learningRate") },
  formula: ({ is, array, number }) => {
    is("isNesterov");
    // @ts-expect-error there is no such option
    is("nesterov");
    // @ts-expect-error there is no such number
    number("momentum");
    return [array("p")];
  },
});

export { incomplete, misplaced };
