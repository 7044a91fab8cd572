import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { whenBackendIsSet } from "../tensor/engine-internals/first-backend.js";

export type KernelFunction = KernelConfig["kernelFunc"];

/** Kernels of ours, whatever they are put in place of. */
const ours = new WeakSet<KernelFunction>();

/**
 * Puts a kernel of ours in the place of a backend's own, whenever one of these backends becomes the current one.
 * @param make gets the backend's own kernel, if it has one; undefined where nothing is to be replaced
 */
export function replaceKernel(
  kernelName: string,
  backendNames: ReadonlySet<string>,
  make: (known: KernelFunction | undefined) => KernelFunction | undefined,
): void {
  whenBackendIsSet((backendName) => {
    if (!backendNames.has(backendName)) return;
    const known = getKernel(kernelName, backendName);
    if (known !== undefined && ours.has(known.kernelFunc)) return;
    const kernelFunc = make(known?.kernelFunc);
    if (kernelFunc === undefined) return;
    ours.add(kernelFunc);
    if (known !== undefined) unregisterKernel(kernelName, backendName);
    registerKernel({ ...known, kernelName, backendName, kernelFunc });
  });
}
