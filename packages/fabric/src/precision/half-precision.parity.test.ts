import { readFileSync } from "node:fs";
import { F, nn, optim, tf, type PrecisionName } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { cpu } from "../accelerators/cpu-accelerator.js";
import { Fabric } from "../fabric/fabric.js";

interface RecordedTensor {
  readonly shape: number[];
  readonly base64: string;
}
type RecordedState = Record<string, RecordedTensor>;

interface Recorded {
  readonly steps: number;
  readonly models: Record<
    "mlp" | "cnn",
    {
      readonly start: RecordedState;
      readonly x: RecordedTensor;
      readonly labels: number[][];
      readonly runs: {
        readonly optimizer: "SGD" | "AdamW";
        readonly options: object;
        readonly precision: PrecisionName;
        readonly losses: number[];
        readonly first: RecordedState;
        readonly last: RecordedState;
      }[];
    }
  >;
}

const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/half-precision.json", import.meta.url), "utf8"));

const MODELS = {
  mlp: () => new nn.Sequential(new nn.Linear(16, 24), new nn.LayerNorm(24), new nn.ReLU(), new nn.Linear(24, 4)),
  cnn: () =>
    new nn.Sequential(
      new nn.Conv2d(1, 4, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(16, 4),
    ),
};

const valuesOf = ({ base64 }: RecordedTensor): Float32Array =>
  new Float32Array(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)).buffer);

type Weights = Map<string, Float32Array>;
const weightsOf = (state: RecordedState): Weights =>
  new Map(Object.entries(state).map(([name, tensor]) => [name, valuesOf(tensor)]));

async function train(name: "mlp" | "cnn", { optimizer, options, precision }: Recorded["models"]["mlp"]["runs"][0]) {
  const { start, x, labels } = recorded.models[name];
  const fabric = new Fabric({
    accelerator: cpu({ backend: "onnxruntime" }),
    precision,
    ports: { files: new MemoryFiles() },
  });
  await fabric.launch();
  const net = MODELS[name]();
  net.loadStateDict(
    new Map(Object.entries(start).map(([key, value]) => [key, tf.buffer(value.shape, "float32", valuesOf(value))])),
    { strict: false },
  );
  const [model, stepper] = fabric.setup(net, (m) => new optim[optimizer](m.parameters(), options));
  const all = valuesOf(x);
  const length = all.length / recorded.steps;
  const weights = (): Weights =>
    new Map([...net.stateDict()].flatMap(([key, t]) => (key in start ? [[key, Float32Array.from(t.dataSync())]] : [])));
  let first: Weights = new Map();
  const losses = labels.map((classes, step) =>
    fabric.step(() => {
      const batch = tf.tensor(all.slice(step * length, (step + 1) * length), x.shape.slice(1));
      const loss = fabric.autocast(() => F.crossEntropy(model.forward(batch), tf.tensor1d(classes, "int32")));
      stepper.zeroGrad();
      fabric.backward(loss);
      stepper.step();
      if (step === 0) first = weights();
      return loss.dataSync()[0] ?? Number.NaN;
    }),
  );
  return { losses, first, last: weights() };
}

/** Terms of a gradient may cancel each other; it is then as inexact as they are. */
const LEAST = 0.05;

/** The largest difference, in units of the format at each tensor's largest value. */
function unitsApart(left: Weights, right: Weights, unit: number): number {
  const apart = [...left].map(([name, values]) => {
    const other = right.get(name) ?? new Float32Array();
    const largest = Math.max(LEAST, ...other.map(Math.abs));
    return Math.max(...values.map((value, i) => Math.abs(value - (other[i] ?? Number.NaN)))) / largest;
  });
  return Math.max(...apart) / unit;
}

function shareOfEqual(left: Weights, right: Weights): number {
  const pairs = [...left].flatMap(([name, values]) => [...values].map((value, i) => value === right.get(name)?.[i]));
  return pairs.filter(Boolean).length / pairs.length;
}

const UNITS: Partial<Record<PrecisionName, number>> = { "16-true": 2 ** -10, "bf16-true": 2 ** -7 };

/**
 * In units of the format. Sums are float32 here and there and in another order, so that a number in the middle between
 * two of the format goes up here and down there: a unit. SGD adds such units up. AdamW divides a gradient by its own
 * size, so that one that is almost zero moves its parameter by the learning rate, up or down.
 */
const LIMITS = { SGD: { first: 4, last: 8 }, AdamW: { first: 8, last: 16 } } as const;

const cases = (["mlp", "cnn"] as const).flatMap((name) =>
  recorded.models[name].runs.map((run) => ({ name, run, title: `${name}, ${run.optimizer}, ${run.precision}` })),
);

describe("a training in a short format is PyTorch's", () => {
  it.each(cases)("$title", async ({ name, run }) => {
    const unit = UNITS[run.precision] ?? 0;
    const { losses, first, last } = await train(name, run);
    // All losses are between 1/2 and 2, and each is itself a number of the format.
    losses.forEach((loss, step) => expect(Math.abs(loss - (run.losses[step] ?? Number.NaN))).toBeLessThan(2.5 * unit));
    expect(unitsApart(first, weightsOf(run.first), unit)).toBeLessThan(LIMITS[run.optimizer].first);
    expect(unitsApart(last, weightsOf(run.last), unit)).toBeLessThan(LIMITS[run.optimizer].last);
    // Numbers of another format, and parameters that were rounded at another place, are equal almost nowhere.
    expect(shareOfEqual(first, weightsOf(run.first))).toBeGreaterThan(0.7);
  });
});
