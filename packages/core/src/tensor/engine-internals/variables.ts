/** Data of tfjs' variables that come later or change, by private fields (tfjs-core 4.22). */
import {
  Variable as VariableClass,
  engine,
  type DataId,
  type DataType,
  type KernelBackend,
  type Rank,
  type Tensor,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { TapeNode } from "./tape.js";

export function nextTensorId(): number {
  return (engine() as unknown as { nextTensorId(): number }).nextTensorId();
}

/** Uploads values to the current backend; the caller owns the data and one reference to it. */
export function uploadValues(
  values: Float32Array | Int32Array | Uint8Array,
  shape: number[],
  dtype: DataType,
): { dataId: DataId; backend: KernelBackend } {
  const { backend } = engine();
  return { dataId: backend.write(values, shape, dtype), backend };
}

/** Counts a variable's data as tfjs does for its own variables. */
export function trackVariableData(variable: Variable, backend: KernelBackend): void {
  engine().trackTensor(variable, backend);
}

/** Counts a variable's data and takes a reference to it, as `variable.assign` does. */
export function shareVariableData(variable: Variable): void {
  const current = engine();
  const info = current.state.tensorInfo.get(variable.dataId);
  current.trackTensor(variable, info?.backend ?? current.backend);
  (info?.backend ?? current.backend).incRef(variable.dataId);
}

type DataIdAccess = {
  readonly get: (this: Variable) => DataId;
  readonly set: (this: Variable, dataId: DataId) => void;
};

/** Turns the field `dataId` of a class of variables into an accessor, so that their data may come later. */
export function defineDataIdAccess(variableClass: { readonly prototype: Variable }, access: DataIdAccess): void {
  Object.defineProperty(variableClass.prototype, "dataId", { get: access.get, set: access.set, configurable: true });
}

/** What `new tf.Variable` reads of its initial value when the data come later. */
export function valueWithoutData<R extends Rank>(shape: readonly number[], dtype: DataType): Tensor<R> {
  return { shape: [...shape], dtype, dataId: {} } as unknown as Tensor<R>;
}

/** The tape's position at each variable's last change. */
const changedAt = new WeakMap<Tensor, number>();

/** Notes that a variable has another value from here on. */
export function noteChange(variable: Variable): void {
  changedAt.set(variable, engine().state.nextTapeNodeId);
}

/** Whether a tensor was changed after a node had been recorded; only variables ever are. */
export function changedSince(tensor: Tensor, node: TapeNode): boolean {
  return (changedAt.get(tensor) ?? 0) > node.id;
}

/** Makes every `variable.assign`, tfjs' own variables' included, note the change. */
export function noteAssignments(): void {
  const { assign } = VariableClass.prototype;
  VariableClass.prototype.assign = function notedAssign(this: Variable, value: Tensor): void {
    assign.call(this, value);
    noteChange(this);
  };
}
