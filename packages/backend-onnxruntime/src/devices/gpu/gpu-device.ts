import type { GraphTarget } from "../../contract/graph-builder.js";
import type { ExecutionProvider } from "../../session/execution-provider.js";

/** What differs between kinds of devices: the provider of ONNX Runtime that runs their sessions, and its memory. */
export interface GpuDevice {
  readonly provider: ExecutionProvider;
  /** What its graphs are made of. */
  readonly target: GraphTarget;
  /** Runners of devices with the same context take turns. */
  readonly context: string;
  /** As `CreateMemoryInfo` knows the memory of the device. */
  readonly memoryName: string;
  /** Memory of the host that the device knows, through which values go up. @default memory of the process */
  readonly stagingName?: string | undefined;
  /** Which of the machine's devices. */
  readonly index: number;
  /** Whether a run that has ended has been computed; otherwise the device still works on it. */
  readonly runsToTheEnd: boolean;
  /** Whether memory is promised when there is none, and missing when it is used first. */
  readonly promisesMemory: boolean;
}
