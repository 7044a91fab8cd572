import { engine, type Tensor, Variable } from "@tensorflow/tfjs-core";
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
  prototype.assign = function watchedAssign(this: Variable, value: Tensor): void {
    const before = this.isDisposed ? undefined : this.dataId;
    const backend = before === undefined ? undefined : backendOf(before);
    if (before !== undefined && backend !== undefined && backend === backendOf(value.dataId) && fits(value, this)) {
      backend.replace(this, value.dataId, before, (info) => {
        if (this.isDisposed) {
          backend.disposeData(info.dataId);
          return;
        }
        const restored = engine().makeTensorFromTensorInfo({ ...info, shape: this.shape }, backend);
        assign.call(this, restored);
        restored.dispose();
      });
    }
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
