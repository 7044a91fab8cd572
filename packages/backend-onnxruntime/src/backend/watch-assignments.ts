import { engine, type KernelBackend, type Tensor, type TensorInfo, Variable } from "@tensorflow/tfjs-core";
import type { ContentOwner } from "./commit-log.js";
import { OnnxRuntimeBackend } from "./onnxruntime-backend.js";

const WATCHED = Symbol.for("lightning-ts.engine.watchedAssignments");

/**
 * Makes every `variable.assign` of tfjs tell the backend, so that a failed run can be taken back. Calling it again is
 * harmless.
 */
export function watchAssignments(): void {
  const { prototype } = Variable;
  if (Reflect.get(prototype, WATCHED) === true) return;
  Reflect.set(prototype, WATCHED, true);
  const { assign } = prototype;

  /** Where a variable's content is. */
  class VariablePlace implements ContentOwner {
    constructor(readonly variable: Variable) {}

    takeBack(before: TensorInfo, backend: KernelBackend): void {
      const { variable } = this;
      if (variable.isDisposed) {
        backend.disposeData(before.dataId);
        return;
      }
      const restored = engine().makeTensorFromTensorInfo({ ...before, shape: variable.shape }, backend);
      assign.call(variable, restored);
      restored.dispose();
    }
  }

  const places = new WeakMap<Variable, VariablePlace>();

  function placeOf(variable: Variable): VariablePlace {
    let place = places.get(variable);
    if (place === undefined) places.set(variable, (place = new VariablePlace(variable)));
    return place;
  }

  prototype.assign = function watchedAssign(this: Variable, value: Tensor): void {
    const before = this.isDisposed ? undefined : this.dataId;
    const backend = before === undefined ? undefined : backendOf(before);
    if (before !== undefined && backend !== undefined && backend === backendOf(value.dataId) && fits(value, this))
      backend.replace(placeOf(this), value.dataId, before);
    assign.call(this, value);
  };
}

function backendOf(dataId: object): OnnxRuntimeBackend | undefined {
  const backend = engine().state.tensorInfo.get(dataId)?.backend;
  return backend instanceof OnnxRuntimeBackend ? backend : undefined;
}

function fits(value: Tensor, variable: Variable): boolean {
  return (
    value.dtype === variable.dtype &&
    value.shape.length === variable.shape.length &&
    value.shape.every((extent, i) => extent === variable.shape[i])
  );
}
