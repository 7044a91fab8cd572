import type { BackendValues, DataType, TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { GraphRunner } from "../contract/graph-runner.js";
import { OutOfMemoryError } from "../errors/out-of-memory-error.js";
import { describeSpec, elementCount, specId } from "../graph/value-spec.js";
import { bytesPerElement, hostDtypeOf, numbersOf } from "./host-values.js";
import { DataHandle, LazyData } from "./lazy-data.js";
import type { Liveness } from "./liveness.js";
import { mergeComplex, splitComplex } from "./complex-values.js";

/** Contents that may be young at a time; a program that only uploads must not keep them all. */
const MOST_YOUNG = 4096;
/** So many whole numbers are a seed, from which the processor draws the random bits of every device. */
const SEED_NUMBERS = 2;

/** Contents by `dataId`, their reference counts, and their return by garbage collection. */
export class DataStore {
  readonly #runner: GraphRunner;
  readonly #liveness: Liveness;
  readonly #moveHere: (dataId: object) => void;
  /** Contents whose `dataId` another backend made. */
  readonly #foreign = new WeakMap<object, LazyData>();
  readonly #collected: FinalizationRegistry<LazyData>;
  /**
   * Contents that were made since the last run, and between the last two. Most die young, and watching them would cost
   * more than they do.
   */
  #young: LazyData[] = [];
  #older: LazyData[] = [];
  #count = 0;
  #collectedCount = 0;

  constructor(runner: GraphRunner, liveness: Liveness, moveHere: (dataId: object) => void) {
    this.#runner = runner;
    this.#liveness = liveness;
    this.#moveHere = moveHere;
    this.#collected = new FinalizationRegistry((data) => {
      if (data.refs === 0) return;
      this.#collectedCount++;
      this.#release(data);
    });
  }

  /** Contents alive; a complex one counts three times, as tfjs expects. */
  get count(): number {
    return this.#count;
  }

  /** Contents that garbage collection gave back. */
  get collected(): number {
    return this.#collectedCount;
  }

  find(dataId: object): LazyData | undefined {
    return dataId instanceof DataHandle && dataId.data !== undefined ? dataId.data : this.#foreign.get(dataId);
  }

  /** The content; asks tfjs to bring it here when another backend has it. */
  get(dataId: object): LazyData {
    const found = this.find(dataId);
    if (found !== undefined) return found;
    this.#moveHere(dataId);
    const moved = this.find(dataId);
    if (moved === undefined) throw new Error("Tensor is disposed.");
    return moved;
  }

  /** Makes a recorded result visible to tfjs. */
  expose(data: LazyData): TensorInfo {
    const handle = new DataHandle(data);
    data.youngHandle = handle;
    this.#count++;
    return { dataId: handle, shape: [...data.shape], dtype: data.dtype };
  }

  /**
   * Makes a content that nobody refers to any more visible again, as data of its own. The caller then has its one
   * reference; one that others still refer to is copied.
   */
  reveal(data: LazyData): TensorInfo {
    if (data.refs > 0) return { dataId: this.#copy(data), shape: [...data.shape], dtype: data.dtype };
    data.refs = 1;
    const info = this.expose(data);
    this.watch(data);
    return info;
  }

  /** A pending result got a buffer: if it lives long, its handle may be collected from then on. */
  watch(data: LazyData): void {
    if (data.youngHandle === undefined) return;
    this.#young.push(data);
    if (this.#young.length > MOST_YOUNG) this.age();
  }

  /** A run begins: what has outlived two of them is left to garbage collection. */
  age(): void {
    for (const data of this.#older) {
      const handle = data.youngHandle;
      if (data.refs === 0 || handle === undefined) continue;
      data.youngHandle = undefined;
      this.#collected.register(handle, data);
    }
    this.#older = this.#young;
    this.#young = [];
  }

  write(values: BackendValues, shape: readonly number[], dtype: DataType): DataHandle {
    const data = this.#create(values, shape, dtype);
    const handle = new DataHandle(data);
    data.youngHandle = handle;
    this.watch(data);
    return handle;
  }

  /**
   * A content that the caller fills before anything is computed from it. `undefined` where the host does not see its
   * memory, or where it would not be a buffer.
   */
  reserve(shape: readonly number[]): { readonly info: TensorInfo; readonly values: Float32Array } | undefined {
    const count = elementCount(shape);
    if (count < 2 || this.#runner.view === undefined) return undefined;
    const buffer = this.#allocateFor({ dtype: "float32", shape }, "device");
    const values = this.#runner.view(buffer, "float32", count);
    if (!(values instanceof Float32Array)) {
      this.#runner.free(buffer);
      return undefined;
    }
    return { info: this.adopt(buffer, shape), values };
  }

  /** A float32 content that a buffer has already, or that the caller fills. */
  adopt(buffer: GraphBuffer, shape: readonly number[]): TensorInfo {
    const data = new LazyData("float32", shape, specId("float32", shape));
    data.store(buffer);
    const info = this.expose(data);
    this.watch(data);
    return info;
  }

  move(dataId: object, values: BackendValues, shape: readonly number[], dtype: DataType, refs: number): void {
    const data = this.#create(values, shape, dtype);
    data.refs = refs;
    if (dataId instanceof DataHandle) dataId.data = data;
    else this.#foreign.set(dataId, data);
    this.#collected.register(dataId, data);
  }

  /** Takes one reference away, or all; true if the content is gone. */
  dispose(dataId: object, isForced: boolean): boolean {
    const data = this.find(dataId);
    if (data === undefined) return true;
    if (!isForced && --data.refs > 0) return false;
    if (dataId instanceof DataHandle) dataId.data = undefined;
    else this.#foreign.delete(dataId);
    this.#release(data);
    return true;
  }

  #copy(data: LazyData): DataHandle {
    const { buffer, single, host, dtype, shape } = data;
    if (host !== undefined)
      return this.write(host.kind === "string" ? host.values : mergeComplex(host.real, host.imag), shape, dtype);
    if (buffer === undefined && single === undefined) return this.#copyOfFailed(data);
    const values =
      buffer === undefined
        ? [single ?? Number.NaN]
        : this.#runner.download(buffer, hostDtypeOf(dtype), elementCount(shape));
    return this.write(Float32Array.from(values), shape, dtype);
  }

  #copyOfFailed({ dtype, shape, specId: id, failure }: LazyData): DataHandle {
    const data = new LazyData(dtype, shape, id);
    data.fail(failure ?? new Error("Tensor is disposed."));
    this.#count++;
    const handle = new DataHandle(data);
    data.youngHandle = handle;
    this.watch(data);
    return handle;
  }

  #create(values: BackendValues, shape: readonly number[], dtype: DataType): LazyData {
    const data = new LazyData(dtype, shape, specId(dtype, shape));
    if (dtype === "string") data.keepOnHost({ kind: "string", values: values.slice() });
    else if (dtype === "complex64") data.keepOnHost({ kind: "complex", ...splitComplex(numbersOf(values, shape, 2)) });
    else this.#upload(data, numbersOf(values, shape));
    this.#count += countOf(data);
    return data;
  }

  #upload(data: LazyData, values: ArrayLike<number>): void {
    const { dtype } = data;
    if (values.length === 1 && dtype !== "bool") {
      const value = values[0] ?? 0;
      data.writeSingle(dtype === "int32" ? value | 0 : Math.fround(value));
      return;
    }
    const place = dtype === "int32" && values.length <= SEED_NUMBERS ? "host" : "device";
    const buffer = this.#allocateFor(data, place);
    this.#runner.upload(buffer, hostDtypeOf(dtype), values);
    data.store(buffer);
  }

  #allocateFor({ dtype, shape }: Pick<LazyData, "dtype" | "shape">, place: "device" | "host"): GraphBuffer {
    try {
      return this.#runner.allocate(elementCount(shape) * bytesPerElement(dtype), place);
    } catch (error) {
      throw error instanceof OutOfMemoryError ? error.named(`${describeSpec(dtype, shape)} from the host`) : error;
    }
  }

  #release(data: LazyData): void {
    this.#count -= countOf(data);
    data.refs = 0;
    data.youngHandle = undefined;
    this.#liveness.release(data);
  }
}

function countOf(data: LazyData): number {
  return data.dtype === "complex64" ? 3 : 1;
}
