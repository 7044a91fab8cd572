import { beforeAll, describe, expect, it } from "vitest";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";
import { PARITY_MODELS } from "../../tools/gpu-check/target/parity-models.js";
import { type ProfiledTraining, profiledTraining, type RunNode } from "./profiled-training.js";

const STEPS = 2;
const STEADY_STEPS = 3;
const RUNS = STEPS + STEPS + STEADY_STEPS;
const FLOAT_BYTES = 4;
/** Numbers of a step beside its batch: learning rate, seeds of masks, momentum of batch norms, divisors. */
const NUMBERS = 48;
/** Numbers that come down: the loss. What the host has checked has no flag, for which the next batch would wait. */
const NUMBERS_READ = 1;

/** Elements of all masks of a step, whose random bits the engine's generator draws on the processor. */
const MASKS: Readonly<Record<string, number>> = { cnn: 4 * 72, gpt: 2 * 4 * 8 * 16 };

/** What may stay on the processor: random bits, and what they are drawn from. */
function drawsRandomBits({ inputs, outputs }: RunNode): boolean {
  return [...inputs, ...outputs].some((value) => "uint32" in value);
}

function elementsOf(values: RunNode["inputs"]): number {
  return values
    .flatMap((value) => Object.values(value))
    .map((shape) => shape.reduce((product, extent) => product * extent, 1))
    .reduce((sum, count) => sum + count, 0);
}

describe.skipIf(!useSoftwareGpu()).each(Object.keys(PARITY_MODELS))(
  "a training step of a tiny %s on WebGPU",
  (name) => {
    let training: ProfiledTraining;
    let nodes: readonly RunNode[] = [];

    beforeAll(async () => {
      training = await profiledTraining(name, STEPS, STEADY_STEPS);
      ({ nodes } = training);
    }, 300_000);

    it("leaves nothing to the processor but random bits", () => {
      const elsewhere = nodes.filter((node) => !node.isOnDevice && !drawsRandomBits(node));
      expect([...new Set(elsewhere.map(({ type }) => type))]).toEqual([]);
      expect(nodes.filter(({ isOnDevice }) => isOnDevice).length).toBeGreaterThan(30 * RUNS);
    });

    it("copies nothing within its graph but these bits, upwards", () => {
      expect(nodes.filter(({ type }) => type === "MemcpyToHost")).toEqual([]);
      const copied = nodes.filter(({ type }) => type === "MemcpyFromHost").map(({ inputs }) => elementsOf(inputs));
      expect(copied.reduce((sum, count) => sum + count, 0)).toBe((MASKS[name] ?? 0) * RUNS);
      // What the processor computes begins with a seed that the host has: no tensor comes down for it.
      const read = nodes.filter(({ isOnDevice }) => !isOnDevice).flatMap(({ inputs }) => inputs);
      expect(read.filter((value) => !("uint32" in value || "int64" in value))).toEqual(
        read.filter((value) => value["int32"]?.length === 1 && value["int32"][0] === 2),
      );
    });

    it("brings up its batch and a few numbers, and down what is read", () => {
      const { inputs, targets } = PARITY_MODELS[name]?.() ?? { inputs: { values: [] }, targets: { values: [] } };
      const batchBytes = (inputs.values.length + targets.values.length) * FLOAT_BYTES;
      const { toDeviceBytes, toHostBytes } = training.copies;
      expect(toDeviceBytes).toBeGreaterThanOrEqual(batchBytes * STEADY_STEPS);
      expect(toDeviceBytes).toBeLessThanOrEqual((batchBytes + NUMBERS * FLOAT_BYTES) * STEADY_STEPS);
      expect(toHostBytes).toBeGreaterThanOrEqual(FLOAT_BYTES * STEADY_STEPS);
      expect(toHostBytes).toBeLessThanOrEqual(NUMBERS_READ * FLOAT_BYTES * STEADY_STEPS);
    });

    it("spends over 95 % of its kernels' time on the device", () => {
      const onProcessor = nodes.filter(({ isOnDevice }) => !isOnDevice);
      const processorUs = onProcessor.reduce((sum, { durationUs }) => sum + durationUs, 0);
      expect(training.deviceUs / (training.deviceUs + processorUs)).toBeGreaterThan(0.95);
    });
  },
);
