import type { DataId, DataType, Rank, Tensor } from "@tensorflow/tfjs-core";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { refuseMore } from "../errors/refuse-more.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import {
  defineDataIdAccess,
  nextTensorId,
  noteChange,
  shareVariableData,
  trackVariableData,
  uploadValues,
  valueWithoutData,
} from "../tensor/engine-internals/variables.js";
import { rememberForRollback } from "../tensor/rollback.js";
import { tf } from "../tensor/tf.js";
import { gradOf, setGrad } from "./gradients-of-variables.js";
import { forgetShape, isLazy, refuseLazy, setShape } from "./lazy-shape.js";

type HostValues = Float32Array | Int32Array | Uint8Array;

/** Where a variable's values are: still on the host, or on the backend under a data id. */
type Storage = { hostValues: HostValues | undefined; dataId: DataId };
const storages = new WeakMap<Tensor, Storage>();

/** Values of the tensors that `onHost` made: they have none on any backend. */
const initialValues = new WeakMap<Tensor, HostValues>();

/**
 * A variable whose values start on the host and are uploaded when they are first used, so that modules can be built
 * before a backend is chosen. It is unknown to tfjs' registry of variables and has no name of its own.
 */
class HostVariable<R extends Rank = Rank> extends tf.Variable<R> {
  /** @param initial a tensor, whose values are shared, or what `onHost` made */
  protected constructor(initial: Tensor<R>, isTrainable: boolean) {
    const values = initialValues.get(initial) ?? hostValuesOf(initial);
    super(valueWithoutData<R>(initial.shape, initial.dtype), isTrainable, "", nextTensorId());
    storages.set(this, { hostValues: values, dataId: values === undefined ? initial.dataId : {} });
    if (values === undefined) shareVariableData(this);
  }

  /**
   * Replaces all values by numbers from the host; the caller's array is not kept. @throws MisconfigurationError for
   * another size
   */
  setData(values: ArrayLike<number>): void {
    if (values.length !== this.size) {
      throw new MisconfigurationError({
        message: "The new values do not fill the tensor.",
        expected: `${this.size} values for shape [${this.shape.join(", ")}]`,
        received: `${values.length} values`,
      });
    }
    if (!this.isOnHost()) tf.engine().disposeTensor(this);
    storages.set(this, { hostValues: toHostValues(values, this.dtype), dataId: {} });
    noteChange(this);
  }

  /** Takes over another tensor's values (they are shared, not copied); the tensor itself may be disposed afterwards. */
  override assign(newValue: Tensor<R>): void {
    if (!this.isOnHost()) {
      super.assign(newValue);
      return;
    }
    checkSame(newValue, this);
    const before = storages.get(this);
    rememberForRollback({}, () => () => {
      if (before === undefined || this.isDisposedInternal) return;
      if (!this.isOnHost()) tf.engine().disposeTensor(this);
      storages.set(this, before);
      noteChange(this);
    });
    // What was recorded before does not use the values that go: they were not on the backend yet.
    storages.set(this, { hostValues: undefined, dataId: newValue.dataId });
    shareVariableData(this);
  }

  override dispose(): void {
    setGrad(this, null);
    if (this.isDisposedInternal) return;
    if (!this.isOnHost()) tf.engine().disposeTensor(this);
    this.isDisposedInternal = true;
  }

  /** The values while they are still on the host; undefined once they have been uploaded. Do not change them. */
  hostValues(): HostValues | undefined {
    return isLazy(this) ? undefined : storages.get(this)?.hostValues;
  }

  /**
   * Forgets shape and values until `materialize`; for lazy layers.
   * @param what for messages: `weight of LazyLinear`
   */
  forget(what: string): void {
    storages.set(this, { hostValues: toHostValues([], this.dtype), dataId: {} });
    forgetShape(this, what);
  }

  /** Gives a variable without a shape its shape and values, in place. The array is taken over. */
  materialize(values: ArrayLike<number>, shape: readonly number[]): void {
    setShape(this, shape);
    this.setData(values);
  }

  private isOnHost(): boolean {
    return storages.get(this)?.hostValues !== undefined;
  }
}

defineDataIdAccess(HostVariable, {
  get() {
    const storage = storages.get(this);
    if (storage === undefined) return {};
    refuseLazy(this);
    if (storage.hostValues !== undefined) upload(this, storage, storage.hostValues);
    return storage.dataId;
  },
  set(dataId) {
    const storage = storages.get(this);
    if (storage !== undefined) storage.dataId = dataId;
  },
});

function upload(variable: tf.Variable, storage: Storage, values: HostValues): void {
  const { dataId, backend } = uploadValues(values, variable.shape, variable.dtype);
  storage.hostValues = undefined;
  storage.dataId = dataId;
  trackVariableData(variable, backend);
}

export interface ParameterOptions {
  /** Whether `backward` computes its gradient. @default true */
  readonly requiresGrad?: boolean | undefined;
}

/**
 * A learnable tensor of a module; `backward` adds to its `grad`. `requiresGrad` (tfjs: `trainable`) switches it off for
 * gradients. One that `fromData` makes is on the host until it is first used, so that it needs no backend yet.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * class Scale extends nn.Module {
 *   readonly factor = new nn.Parameter(tf.ones([1])); // or nn.Parameter.fromData([1], [1])
 *
 *   override forward(x: tf.Tensor) {
 *     return x.mul(this.factor);
 *   }
 * }
 * const model = new nn.Sequential(new nn.Linear(4, 3), new Scale());
 * console.log(model.parameters().length); // 3
 * ```
 */
export class Parameter<R extends Rank = Rank> extends HostVariable<R> {
  readonly isParameter = true;

  /**
   * A parameter with a tensor's values, which are shared and not read: the tensor may be disposed afterwards.
   * @throws MisconfigurationError for what is no tensor, and for one that is not float32 unless `requiresGrad` is false
   */
  constructor(value: Tensor<R>, options: ParameterOptions = {}, ...more: readonly never[]) {
    rejectUnknownOptions("nn.Parameter", options, ["requiresGrad"]);
    refuseMore("nn.Parameter", more);
    super(checkedTensor("nn.Parameter", value), options.requiresGrad ?? true);
    if (value.dtype === "float32" || !this.trainable || initialValues.has(value)) return;
    throw new MisconfigurationError({
      message: "Only floats have gradients.",
      expected: "a float32 tensor, or { requiresGrad: false }",
      received: describeValue(value),
      tryThis: 'tf.cast(value, "float32"), or nn.Buffer for what is not learned.',
    });
  }

  /**
   * A parameter with these values. Float32Arrays are taken over, not copied.
   * @param values as many as the shape holds
   * @throws MisconfigurationError when they are not
   */
  static fromData<R extends Rank = Rank>(
    values: ArrayLike<number>,
    shape: readonly number[],
    dtype: "float32" | "int32" = "float32",
  ): Parameter<R> {
    return new Parameter<R>(onHost<R>(takenOver(values, dtype), shape, dtype));
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && "isParameter" in value;
  }

  /** The gradient that `backward` accumulated, kept until it is replaced; setting it disposes the old one. */
  get grad(): Tensor | null {
    return gradOf(this);
  }

  set grad(gradient: Tensor | null) {
    setGrad(this, gradient);
  }

  get requiresGrad(): boolean {
    return this.trainable;
  }

  set requiresGrad(isRequired: boolean) {
    this.trainable = isRequired;
  }
}

/**
 * A tensor of a module that is saved with it but not learned, such as a running mean.
 * @example
 * ```ts
 * import { nn } from "@lightning-ts/core";
 *
 * class Mean extends nn.Module {
 *   readonly mean = nn.Buffer.fromData([0, 0, 0, 0], [4]);
 * }
 * console.log([...new Mean().stateDict().keys()]); // ["mean"]: it is saved, and no optimizer changes it
 * ```
 */
export class Buffer<R extends Rank = Rank> extends HostVariable<R> {
  readonly isBuffer = true;

  /**
   * A buffer with a tensor's values, which are shared and not read: the tensor may be disposed afterwards.
   * @throws MisconfigurationError for what is no tensor
   */
  constructor(value: Tensor<R>, ...more: readonly never[]) {
    refuseMore("nn.Buffer", more);
    super(checkedTensor("nn.Buffer", value), false);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && "isBuffer" in value;
  }

  static fromData<R extends Rank = Rank>(
    values: ArrayLike<number>,
    shape: readonly number[],
    dtype: "float32" | "int32" | "bool" = "float32",
  ): Buffer<R> {
    return new Buffer<R>(onHost<R>(takenOver(values, dtype), shape, dtype));
  }
}

function toHostValues(values: ArrayLike<number>, dtype: DataType): HostValues {
  if (dtype === "int32") return Int32Array.from(values);
  return dtype === "bool" ? Uint8Array.from(values) : Float32Array.from(values);
}

/** An array of floats as it is; everything else as a copy of the right kind. */
function takenOver(values: ArrayLike<number>, dtype: DataType): HostValues {
  return dtype === "float32" && values instanceof Float32Array ? values : toHostValues(values, dtype);
}

/** A tensor without data on a backend, whose values a variable takes over. */
function onHost<R extends Rank>(values: HostValues, shape: readonly number[], dtype: DataType): Tensor<R> {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== values.length) {
    throw new MisconfigurationError({
      message: "The values do not fill the shape.",
      expected: `${size} values for shape [${shape.join(", ")}]`,
      received: `${values.length} values`,
    });
  }
  const initial = valueWithoutData<R>(shape, dtype);
  initialValues.set(initial, values);
  return initial;
}

/** A copy of the values of a variable that is still on the host; undefined for other tensors. */
function hostValuesOf(value: Tensor): HostValues | undefined {
  return storages.has(value) && !isLazy(value) ? storages.get(value)?.hostValues?.slice() : undefined;
}

function checkedTensor<R extends Rank>(owner: string, value: Tensor<R>): Tensor<R> {
  if (value instanceof tf.Tensor || initialValues.has(value)) return value;
  throw new MisconfigurationError({
    message: `${owner} is made of a tensor.`,
    expected: "a tensor with its first values",
    received: describeValue(value),
    tryThis: `tf.tensor(values), or ${owner}.fromData(values, shape) for values on the host.`,
  });
}

function checkSame(value: Tensor, variable: tf.Variable): void {
  if (value.dtype === variable.dtype && tf.util.arraysEqual(value.shape, variable.shape)) return;
  throw new MisconfigurationError({
    message: "A variable keeps its shape and dtype.",
    expected: `${variable.dtype} [${variable.shape.join(", ")}]`,
    received: `${value.dtype} [${value.shape.join(", ")}]`,
  });
}
