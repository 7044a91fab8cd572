/** Which backend tfjs starts first, by private methods of its engine (tfjs-core 4.22). */
import { engine, type KernelBackend } from "@tensorflow/tfjs-core";

export interface FirstBackendChoice {
  /** Starts a backend for an op that cannot wait and returns its name; undefined leaves the choice to tfjs. */
  readonly atOnce: () => string | undefined;
  /** Starts one for `tf.ready()`, or leaves the choice to tfjs by starting none. */
  readonly waiting: () => Promise<void>;
}

interface BackendChoosing {
  readonly backendInstance: KernelBackend | null | undefined;
  readonly pendingBackendInit: Promise<boolean> | null | undefined;
  initializeBackendsAndReturnBest(): { name: string; asyncInit: boolean };
  ready(): Promise<void>;
}

/** Asks for a backend where an op runs, or somebody awaits `tf.ready()`, and none was set. */
export function chooseFirstBackend({ atOnce, waiting }: FirstBackendChoice): void {
  const current = engine() as unknown as BackendChoosing;
  const chooseRegistered = current.initializeBackendsAndReturnBest.bind(current);
  const readyOfTfjs = current.ready.bind(current);
  current.initializeBackendsAndReturnBest = () => {
    const name = atOnce();
    return name === undefined ? chooseRegistered() : { name, asyncInit: false };
  };
  current.ready = async () => {
    const isChosen = (current.backendInstance ?? current.pendingBackendInit ?? undefined) !== undefined;
    if (!isChosen) await waiting();
    await readyOfTfjs();
  };
}

/** Calls `listener` with the name of every backend that becomes the current one, once its kernels are set up. */
export function whenBackendIsSet(listener: (backendName: string) => void): void {
  const current = engine() as unknown as { readonly backendName: string; setupRegisteredKernels(): void };
  const setUp = current.setupRegisteredKernels.bind(current);
  current.setupRegisteredKernels = () => {
    setUp();
    listener(current.backendName);
  };
}
