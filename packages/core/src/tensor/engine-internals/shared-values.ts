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

/** Results in memory of the caller's; `@lightning-ts/backend-onnxruntime` has it. */
interface PlacedResults {
  start(dataIds: readonly DataId[], places: readonly Float32Array[]): void;
  has(dataId: DataId, place: Float32Array): boolean;
  read(place: Float32Array, shape: readonly number[]): TensorInfo;
  join(): void;
  wait(): Promise<void>;
}

/** What a backend that computes later, over memory that the host sees, offers beside tfjs' methods. */
interface SharedValues {
  startInOrder(groups: readonly (readonly DataId[])[]): void;
  /** Absent where results cannot be in memory of the caller's. */
  readonly places?: PlacedResults | undefined;
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

/** How the current backend computes in memory of the caller's, if it can. */
export function currentPlaces(): PlacedResults | undefined {
  const { backend } = engine() as { readonly backend: KernelBackend & Partial<SharedValues> };
  return backend.places;
}

/** @throws RangeError where the current backend has memory of its own */
export function requirePlaces(): PlacedResults {
  const places = currentPlaces();
  if (places === undefined) throw new RangeError("The current backend does not compute in the caller's memory.");
  return places;
}

/** A tensor over memory of the caller's. @throws RangeError where the current backend has memory of its own */
export function readPlace(place: Float32Array, shape: readonly number[]): Tensor {
  const info = requirePlaces().read(place, shape);
  return engine().makeTensorFromTensorInfo(info, engine().backend);
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
