import type { OperationOrigin, ProfileInProgress } from "@lightning-ts/backend-onnxruntime";
import type { DataType, Tensor } from "@tensorflow/tfjs-core";

/** How numbers are stored and computed; the names are Lightning's. */
export type PrecisionName = "64-true" | "32-true" | "16-true" | "bf16-true" | "16-mixed" | "bf16-mixed";

export type Availability =
  | { readonly isAvailable: true }
  | {
      readonly isAvailable: false;
      readonly reason: string;
      /** The command that makes it available. */ readonly install?: string | undefined;
    };

/** A graphics card, as its driver calls it. */
export interface Hardware {
  readonly name: string;
  /** The processor plays a GPU: right for tests, and slow. */
  readonly isSoftware: boolean;
}

export interface BackendOptions {
  /** Native threads. @default as many as the machine has cores */
  readonly threads?: number | undefined;
  /** Anything else is the backend's own business. */
  readonly [option: string]: unknown;
}

export interface BackendCapabilities {
  /** Can run the gradients of convolutions. */
  readonly trainsConvolutions: boolean;
  /** `tensor.dataSync()` works. */
  readonly readsSynchronously: boolean;
  readonly dtypes: readonly DataType[];
  readonly precisions: readonly PrecisionName[];
  /** Kernels are recorded and run later, many at once. */
  readonly isLazy: boolean;
}

export interface BackendMemory {
  readonly numTensors: number;
  readonly usedBytes: number;
  /** Memory held for reuse, where the backend knows it. */
  readonly reservedBytes?: number | undefined;
}

/** A tfjs backend plus what a trainer must know about it. Third parties add one by passing such an object. */
export interface TrainingBackend {
  /** The tfjs backend's name, e.g. `"onnxruntime"`. */
  readonly name: string;
  /** Looks, without side effects, whether `initialize` can succeed. */
  availability(): Promise<Availability>;
  /**
   * Registers the tfjs backend, applies the options and makes it the current one. Calling it again with equal options
   * is harmless.
   */
  initialize(options: BackendOptions): Promise<void>;
  readonly capabilities: BackendCapabilities;
  /**
   * What it would compute on, as drivers call it, the one that it chooses first. Absent on backends of the processor.
   */
  hardware?(): Promise<readonly Hardware[]>;
  /** Native threads in use; undefined where it does not know. Read after `initialize`. */
  readonly threads?: number | undefined;
  memory(): BackendMemory;
  /** What the backend counts, by names as they stand in logs. Absent where it counts nothing. */
  statistics?(): Readonly<Record<string, number>>;
  /**
   * Has everything timed that is recorded from now on, until the profile is stopped. Absent where the backend cannot.
   * @param origin is asked for each kernel; what it says stands beside the kernel's time
   */
  startProfile?(origin: () => OperationOrigin): ProfileInProgress;
  /**
   * Hands over everything recorded so far, without waiting for the result. A promise means that the queue is full
   * and the caller should await it before recording more. Nothing to do on eager backends.
   */
  submit(): void | Promise<void>;
  /** Resolves when everything recorded so far has run; rejects with the first error. The event loop stays free. */
  synchronize(): Promise<void>;
  /**
   * Takes back what was changed by steps that were recorded and not started: a step that throws half-way leaves no
   * trace. Absent where kernels run at once.
   */
  rollBack?(): void;
  /**
   * Runs `body` so that matrix products and convolutions recorded in it compute in `dtype`. Absent where the backend
   * cannot.
   */
  autocast?<TResult>(dtype: "float16" | "bfloat16", body: () => TResult): TResult;
  /**
   * `autocast` in which all results are numbers of `dtype`, as where tensors are stored in it; they stay float32
   * tensors. Results that are not computed (parts of tensors, positions, random numbers) are left as they are. Absent
   * where the backend cannot.
   */
  roundResults?<TResult>(dtype: "float16" | "bfloat16", body: () => TResult): TResult;
  /**
   * A float32 tensor's numbers as `dtype` has them, in a float32 tensor; its gradient passes through. Absent where the
   * backend cannot.
   */
  roundTo?(dtype: "float16" | "bfloat16", tensor: Tensor): Tensor;
}
