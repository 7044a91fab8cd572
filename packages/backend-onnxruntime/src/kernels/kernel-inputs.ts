import { type NamedTensorInfoMap, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { EngineError } from "../errors/engine-error.js";

/** The input of this name. @throws EngineError if the caller left it out */
export function input(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const info = inputs[name];
  if (info === undefined || info === null)
    throw new EngineError({ code: "LIT_ENGINE_INPUT", message: `A kernel was called without its input "${name}".` });
  return info;
}

/** Inputs of a kernel that takes a list. */
export function inputList(inputs: NamedTensorInfoMap): TensorInfo[] {
  return Object.values(inputs).filter((info) => info !== undefined);
}

/** A tensor as tfjs' functions for shapes want it: they read its rank and size too, which their types do not say. */
export function sizedInfo(shape: readonly number[]): TensorInfo & { readonly rank: number; readonly size: number } {
  return { dataId: {}, shape: [...shape], dtype: "float32", rank: shape.length, size: util.sizeFromShape([...shape]) };
}
