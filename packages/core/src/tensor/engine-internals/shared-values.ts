/** Contents of tensors without copies, by private fields of tfjs (tfjs-core 4.22). */
import { engine, type DataId, type KernelBackend, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";

/** The numbers of a tensor. They are not to be changed, and stay until they are given back. */
export interface Loan {
  readonly values: Float32Array | Int32Array | Uint8Array;
  /** Giving back twice is harmless. */
  giveBack(): void;
}

/** The numbers of a float32 tensor that is to be made. */
export interface TensorDraft {
  /** To be filled; what is in it at first is not defined. */
  readonly values: Float32Array;
  /** The tensor, once. */
  finish(): Tensor;
  /** Nobody will finish it. */
  drop(): void;
}

/** What a backend that computes later, over memory that the host sees, offers beside tfjs' methods. */
interface SharedValues {
  startInOrder(groups: readonly (readonly DataId[])[]): void;
  /** Whether results can be in memory of the caller's. */
  readonly placesResults: boolean;
  startInPlaces(dataIds: readonly DataId[], places: readonly Float32Array[]): void;
  liesIn(dataId: DataId, place: Float32Array): boolean;
  adopt(place: Float32Array, shape: readonly number[]): TensorInfo;
  joinStarted(): void;
  waitStarted(): Promise<void>;
  lend(dataId: DataId): Promise<Loan>;
  lendSync(dataId: DataId): Loan;
  reserve(shape: readonly number[]): { readonly info: TensorInfo; readonly values: Float32Array } | undefined;
}

/** What holds a tensor's content, if it can lend it. */
export function lenderOf(tensor: Tensor): SharedValues | undefined {
  const backend = engine().state.tensorInfo.get(tensor.dataId)?.backend as
    | (KernelBackend & Partial<SharedValues>)
    | undefined;
  return backend?.lend === undefined ? undefined : (backend as KernelBackend & SharedValues);
}

/** The current backend, if it computes in memory of the caller's. */
export function currentPlacer(): (KernelBackend & SharedValues) | undefined {
  const { backend } = engine() as { readonly backend: KernelBackend & Partial<SharedValues> };
  return backend.placesResults === true ? (backend as KernelBackend & SharedValues) : undefined;
}

/** A tensor over memory of the caller's, of the current backend. */
export function adoptTensor(place: Float32Array, shape: readonly number[]): Tensor {
  const placer = currentPlacer();
  if (placer === undefined) throw new RangeError("The current backend does not compute in memory of the caller's.");
  return engine().makeTensorFromTensorInfo(placer.adopt(place, shape), placer);
}

/** Whether the current backend copies what it is given, at once, instead of keeping the array. */
export function copiesValues(): boolean {
  const { backend } = engine() as { readonly backend: KernelBackend & Partial<SharedValues> };
  return backend.reserve !== undefined;
}

/** A draft in memory of the current backend; `undefined` where it does not let the host see that. */
export function reserveTensor(shape: readonly number[]): TensorDraft | undefined {
  const { backend } = engine() as { readonly backend: KernelBackend & Partial<SharedValues> };
  const reserved = backend.reserve?.(shape);
  if (reserved === undefined) return undefined;
  const { info, values } = reserved;
  return {
    values,
    finish: () => engine().makeTensorFromTensorInfo(info, backend),
    drop: () => void backend.disposeData(info.dataId, true),
  };
}
