import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerOnnxRuntime } from "@lightning-ts/backend-onnxruntime";
import { tf } from "lightning-ts/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGraphRunner } from "../../packages/backend-onnxruntime/src/devices/open-graph-runner.js";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { PARITY_MODELS } from "../../tools/gpu-check/target/parity-models.js";
import { parityTraining } from "../../tools/gpu-check/target/train-parity-model.js";

/**
 * What may stay on the processor: random bits, which the engine's generator draws there and uploads, and the plumbing
 * of a few numbers and shapes.
 */
function isAtHomeOnTheProcessor(args: NonNullable<ProfileEvent["args"]>): boolean {
  const types = [...(args.input_type_shape ?? []), ...(args.output_type_shape ?? [])];
  const isRandom = types.some((type) => "uint32" in type);
  const largest = Math.max(
    ...types.flatMap((type) => Object.values(type)).map((shape) => shape.reduce((a, b) => a * b, 1)),
  );
  return isRandom || largest < 64;
}

const STEPS = 6;
const folder = mkdtempSync(join(tmpdir(), "lightning-placement-"));

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly args?: {
    readonly provider?: string;
    readonly op_name?: string;
    readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
    readonly output_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** How often each operator ran on the processor, and how many did on the device, in all of a model's steps. */
interface Placement {
  readonly onProcessor: ReadonlyMap<string, number>;
  readonly onDevice: number;
}

function placementOf(file: string): Placement {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- ONNX Runtime's profile
  const events = JSON.parse(readFileSync(join(folder, file), "utf8")) as readonly ProfileEvent[];
  const onProcessor = new Map<string, number>();
  let onDevice = 0;
  for (const { cat, name, args } of events) {
    if (cat !== "Node" || !name.endsWith("_kernel_time") || args?.op_name === undefined) continue;
    if (args.provider === "WebGpuExecutionProvider") onDevice += 1;
    else if (!isAtHomeOnTheProcessor(args)) onProcessor.set(args.op_name, (onProcessor.get(args.op_name) ?? 0) + 1);
  }
  return { onProcessor, onDevice };
}

describe.skipIf(!useSoftwareGpu())("a training step on WebGPU", () => {
  let placements: Placement[] = [];

  beforeAll(async () => {
    registerOnnxRuntime({
      device: "webgpu",
      runner: openGraphRunner({ device: "webgpu", profilePrefix: join(folder, "graph") }),
    });
    for (const name of Object.keys(PARITY_MODELS)) {
      await parityTraining(name)("onnxruntime-webgpu", STEPS);
    }
    tf.removeBackend("onnxruntime-webgpu");
    for (let wait = 0; wait < 50 && readdirSync(folder).length === 0; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    placements = readdirSync(folder).map(placementOf);
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves nothing to the processor but random bits and plumbing", () => {
    const elsewhere = new Set<string>();
    for (const { onProcessor } of placements) for (const type of onProcessor.keys()) elsewhere.add(type);
    expect([...elsewhere]).toEqual([]);
    expect(placements.filter(({ onDevice }) => onDevice > 30 * STEPS).length).toBe(Object.keys(PARITY_MODELS).length);
  });
});
