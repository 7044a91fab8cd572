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
  replace(owner: object, next: DataId, before: DataId, restore: (before: TensorInfo) => void): void;
  remember(owner: object, snapshot: () => () => void, belongsTo: "before" | "next"): void;
}

/** The current backend's, if it has one; does not start a backend. */
export function rollbackOfBackend(): Rollback | undefined {
  const { backendInstance } = engine() as unknown as {
    readonly backendInstance: (KernelBackend & Partial<Rollback>) | null;
  };
  return backendInstance?.remember === undefined ? undefined : (backendInstance as KernelBackend & Rollback);
}

/**
 * Notes that a tensor which lives on from step to step gives way to another one, before it is disposed.
 * @param owner has one such tensor: a failure gives it back the one before its first change
 * @param restore gets the old content as a tensor, if what computes the new one fails
 */
export function replaceForRollback(
  owner: object,
  next: Tensor,
  before: Tensor,
  restore: (before: Tensor) => void,
): void {
  const current = engine();
  const backend = current.state.tensorInfo.get(before.dataId)?.backend as
    | (KernelBackend & Partial<Rollback>)
    | undefined;
  const { shape } = before;
  backend?.replace?.(owner, next.dataId, before.dataId, (info) =>
    restore(current.makeTensorFromTensorInfo({ ...info, shape }, backend)),
  );
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
