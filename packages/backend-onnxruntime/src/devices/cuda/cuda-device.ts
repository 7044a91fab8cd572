import { CUDA_TARGET } from "./cuda-target.js";
import type { GpuDevice } from "../gpu/gpu-device.js";

/** As ONNX Runtime calls page-locked memory of the host. */
const PAGE_LOCKED = "CudaPinned";

export interface CudaOptions {
  /** Which of the machine's GPUs. @default 0 */
  readonly deviceIndex?: number | undefined;
  /** Lets products round their inputs to TF32, which is faster and errs by about 3e-4. @default false */
  readonly tf32?: boolean | undefined;
  /** Batches go to the GPU through page-locked memory, from which it copies by itself. @default false */
  readonly pinMemory?: boolean | undefined;
}

/** An NVIDIA GPU through CUDA, by a build of ONNX Runtime that has it. */
export function cudaDevice({ deviceIndex = 0, tf32 = false, pinMemory = false }: CudaOptions = {}): GpuDevice {
  const options = {
    device_id: String(deviceIndex),
    use_tf32: tf32 ? "1" : "0",
    // The default times all of cuDNN's algorithms and takes the quickest, so that two runs may differ in their bits.
    cudnn_conv_algo_search: "HEURISTIC",
  };
  return {
    provider: { name: "CUDA", options },
    target: CUDA_TARGET,
    context: `CUDA ${deviceIndex}`,
    memoryName: "Cuda",
    stagingName: pinMemory ? PAGE_LOCKED : undefined,
    index: deviceIndex,
    runsToTheEnd: true,
    promisesMemory: false,
  };
}
