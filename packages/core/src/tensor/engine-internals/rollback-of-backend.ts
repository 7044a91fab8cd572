/** State that shares the fate of a lazy backend's runs, by private fields of tfjs (tfjs-core 4.22). */
import {
  Optimizer,
  engine,
  type DataId,
  type KernelBackend,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

/** What a backend that computes later offers to those whose state must share the fate of its runs. */
interface Rollback {
  replace(owner: TensorPlace, next: DataId, before: DataId): void;
  remember(owner: object, snapshot: () => () => void, belongsTo: "before" | "next"): void;
}

/** The rollback of the current backend, if it has one. No backend is started for it. */
export function rollbackOfBackend(): Rollback | undefined {
  const { backendInstance } = engine() as unknown as {
    readonly backendInstance: (KernelBackend & Partial<Rollback>) | null;
  };
  return backendInstance?.remember === undefined ? undefined : (backendInstance as KernelBackend & Rollback);
}

/** Where a tensor stands that lives on from step to step, such as an optimizer's moments; its shape never changes. */
export class TensorPlace {
  readonly #shape: readonly number[];
  readonly #put: (before: Tensor) => void;

  /** @param put gets the tensor from before the first change, if what computes the new one fails */
  constructor(shape: readonly number[], put: (before: Tensor) => void) {
    this.#shape = shape;
    this.#put = put;
  }

  /** What a backend calls when its run has failed. */
  takeBack(before: TensorInfo, backend: KernelBackend): void {
    this.#put(engine().makeTensorFromTensorInfo({ ...before, shape: [...this.#shape] }, backend));
  }
}

/** Notes that a tensor gives way to another one at its place, before it is disposed. */
export function replaceForRollback(place: TensorPlace, next: Tensor, before: Tensor): void {
  const backend = engine().state.tensorInfo.get(before.dataId)?.backend as
    | (KernelBackend & Partial<Rollback>)
    | undefined;
  backend?.replace?.(place, next.dataId, before.dataId);
}

/** Makes the step counters of `tf.train`'s optimizers go back with a run that fails. */
export function rememberIterations(): void {
  const { prototype } = Optimizer as unknown as {
    readonly prototype: { iterations_?: number; incrementIterations(): void };
  };
  const { incrementIterations } = prototype;
  prototype.incrementIterations = function rememberedIncrement(): void {
    rollbackOfBackend()?.remember(
      this,
      () => {
        const { iterations_: iterations = 0 } = this;
        return () => {
          this.iterations_ = iterations;
        };
      },
      "before",
    );
    incrementIterations.call(this);
  };
}
