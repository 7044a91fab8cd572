import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerOnnxRuntime } from "@lightning-ts/backend-onnxruntime";
import { tf } from "lightning-ts/core";
import { openGraphRunner } from "../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import type { DeviceCopies } from "../../packages/backend-onnxruntime/src/contract/device-copies.js";
import { parityTraining } from "../../tools/gpu-check/target/train-parity-model.js";

/** A node of a graph, as often as it ran. */
export interface RunNode {
  readonly type: string;
  readonly isOnDevice: boolean;
  /** Element types and shapes, in ONNX Runtime's words. */
  readonly inputs: readonly Readonly<Record<string, readonly number[]>>[];
  readonly outputs: readonly Readonly<Record<string, readonly number[]>>[];
  /** On the processor this is the node's time; on a device that of handing it over. */
  readonly durationUs: number;
}

/** What ONNX Runtime's profiler saw of a training. */
export interface ProfiledTraining {
  readonly nodes: readonly RunNode[];
  /** Time that the device spent in kernels. */
  readonly deviceUs: number;
  /** What the last steps copied, all of them together. */
  readonly copies: DeviceCopies;
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: {
    readonly provider?: string;
    readonly op_name?: string;
    readonly input_type_shape?: RunNode["inputs"];
    readonly output_type_shape?: RunNode["outputs"];
  };
}

/** Trains a model on WebGPU for `steps`, and once more as long with `steadySteps` more, whose copies are counted. */
export async function profiledTraining(model: string, steps: number, steadySteps: number): Promise<ProfiledTraining> {
  const folder = mkdtempSync(join(tmpdir(), "lightning-profile-"));
  const runner = openGraphRunner({ device: "webgpu", profilePrefix: join(folder, "graph") });
  registerOnnxRuntime({ device: "webgpu", runner });
  try {
    const train = parityTraining(model);
    const counts = [steps, steps + steadySteps];
    const totals: DeviceCopies[] = [copiesSoFar()];
    for (const count of counts) {
      await train("onnxruntime-webgpu", count);
      totals.push(copiesSoFar());
    }
    tf.removeBackend("onnxruntime-webgpu");
    await runner.close();
    const events = readdirSync(folder).flatMap((file) => eventsIn(join(folder, file)));
    const [before, between, after] = totals;
    return { ...summaryOf(events), copies: minus(minus(after, between), minus(between, before)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  function copiesSoFar(): DeviceCopies {
    const { copies } = runner.statistics();
    if (copies === undefined) throw new TypeError("A runner with memory of its own counts copies.");
    return copies;
  }
}

function minus(a: DeviceCopies | undefined, b: DeviceCopies | undefined): DeviceCopies {
  const difference = (of: (copies: DeviceCopies) => number) => (a && b ? of(a) - of(b) : Number.NaN);
  return {
    toDevice: difference(({ toDevice }) => toDevice),
    toDeviceBytes: difference(({ toDeviceBytes }) => toDeviceBytes),
    toHost: difference(({ toHost }) => toHost),
    toHostBytes: difference(({ toHostBytes }) => toHostBytes),
  };
}

function eventsIn(file: string): readonly ProfileEvent[] {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- ONNX Runtime's profile
  return JSON.parse(readFileSync(file, "utf8")) as readonly ProfileEvent[];
}

function summaryOf(events: readonly ProfileEvent[]): Pick<ProfiledTraining, "nodes" | "deviceUs"> {
  const nodes: RunNode[] = [];
  let deviceUs = 0;
  for (const { cat, name, dur, args } of events) {
    // The provider notes the time of each kernel on the device under this name.
    if (cat === "Api") deviceUs += dur;
    if (cat !== "Node" || !name.endsWith("_kernel_time") || args?.op_name === undefined) continue;
    nodes.push({
      type: args.op_name,
      isOnDevice: args.provider === "WebGpuExecutionProvider",
      inputs: args.input_type_shape ?? [],
      outputs: args.output_type_shape ?? [],
      durationUs: dur,
    });
  }
  return { nodes, deviceUs };
}
