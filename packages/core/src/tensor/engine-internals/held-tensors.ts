/** Second handles on the data of tfjs' tensors, which keep their identity (private fields of tfjs-core 4.22). */
import {
  Tensor as TensorClass,
  engine,
  type DataId,
  type DataType,
  type KernelBackend,
  type Tensor,
} from "@tensorflow/tfjs-core";

/** A second handle on a tensor's data under the same identity. */
class HeldTensor extends (TensorClass as unknown as new (
  shape: number[],
  dtype: DataType,
  dataId: DataId,
  id: number,
) => Tensor) {
  constructor(
    readonly source: Tensor,
    dataId: DataId,
  ) {
    super(source.shape, source.dtype, dataId, source.id);
  }
}

/**
 * Keeps a tensor's values alive for a gradient, whatever happens to the tensor. What is computed from the handle
 * connects to the tensor on the tape. No scope tracks it: dispose it.
 */
export function holdTensor(tensor: Tensor): Tensor {
  const { state } = engine();
  const backend = state.tensorInfo.get(tensor.dataId)?.backend;
  if (backend === undefined) tensor.throwIfDisposed();
  state.numTensors += 1;
  state.numBytes += tensor.size * (tensor.dtype === "bool" ? 1 : 4);
  // The engine takes a reference by incRef for a variable's, whose values it computes with every read.
  const holder = backend as (KernelBackend & { hold?(dataId: DataId): void }) | undefined;
  if (holder?.hold === undefined) holder?.incRef(tensor.dataId);
  else holder.hold(tensor.dataId);
  return new HeldTensor(originalOf(tensor), tensor.dataId);
}

/** A copy of a record of tensors with some of them held; the handles are added to `saved`. Absent names are skipped. */
export function holdNamed<TInputs extends object>(inputs: TInputs, names: readonly string[], saved: Tensor[]): TInputs {
  const held: Record<string, Tensor> = { ...(inputs as Record<string, Tensor>) };
  for (const name of names) {
    const input = held[name];
    if (input === undefined) continue;
    const handle = holdTensor(input);
    held[name] = handle;
    saved.push(handle);
  }
  return held as TInputs;
}

/**
 * Makes tfjs save what its gradients need as handles instead of clones: no `Identity` kernel and no node on the tape
 * for each saved tensor.
 */
export function saveByHolding(): void {
  const current = engine() as unknown as { saveTensorsForBackwardMode(tensors: Tensor[]): Tensor[] };
  const saveClones = current.saveTensorsForBackwardMode.bind(current);
  current.saveTensorsForBackwardMode = (tensors) =>
    tensors.every(isNumeric) ? tensors.map(holdTensor) : saveClones(tensors);
}

function isNumeric(tensor: Tensor | undefined): boolean {
  return tensor?.dtype === "float32" || tensor?.dtype === "int32" || tensor?.dtype === "bool";
}

/** The tensor that a handle holds; any other tensor is its own original. */
export function originalOf(tensor: Tensor): Tensor {
  return "source" in tensor ? (tensor as HeldTensor).source : tensor;
}

/**
 * Makes tfjs throw `makeError()` where it meets a tensor that was disposed (it would fail on an undefined field
 * otherwise).
 */
export function reportDisposedTensors(makeError: () => Error): void {
  TensorClass.prototype.throwIfDisposed = function throwIfDisposed(this: Tensor): void {
    if (this.isDisposed) throw makeError();
  };
  const current = engine();
  const moveData = current.moveData.bind(current);
  current.moveData = (backend, dataId) => {
    if (!current.state.tensorInfo.has(dataId)) throw makeError();
    moveData(backend, dataId);
  };
}
