import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { hostTensor } from "../data/host-tensor.js";
import { TensorDataset } from "../data/tensor-dataset.js";
import { DataLoader } from "../data/data-loader.js";
import { toDevice } from "../data/to-device.js";
import * as nn from "../nn/index.js";
import { awaitOutside, tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { Adam, AdamW } from "./adam.js";
import { SGD } from "./sgd.js";

interface Recorded {
  readonly batchSize: number;
  readonly pixels: string;
  readonly labels: string;
  readonly models: Record<
    string,
    {
      readonly state: Record<string, { readonly shape: number[]; readonly base64: string }>;
      readonly runs: {
        readonly optimizer: "SGD" | "Adam" | "AdamW";
        readonly options: object;
        readonly losses: number[];
      }[];
    }
  >;
}

/** 50 steps of torch on real digits: tests/parity/record_training.py. */
const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/training.json", import.meta.url), "utf8"));

/** Float32 on both sides, sums in another order: 5e-7 was seen, on every backend. */
const RELATIVE_TOLERANCE = 1e-5;

const optimizers = { SGD, Adam, AdamW };
const makers: Record<string, () => nn.Sequential> = {
  mlp: () => new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 32), new nn.ReLU(), new nn.Linear(32, 10)),
  cnn: () =>
    new nn.Sequential(
      new nn.Conv2d(1, 4, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(4, 8, 2),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Linear(32, 10),
    ),
};

const count = recorded.labels.length;
const images = hostTensor(
  Float32Array.from(recorded.pixels, (letter) => (letter.charCodeAt(0) - 65 - 5) / 6),
  [count, 1, 8, 8],
  "float32",
);
const dataset = new TensorDataset(images, Int32Array.from(recorded.labels, Number));

function startWeights(state: Recorded["models"][string]["state"]) {
  return new Map(
    Object.entries(state).map(
      ([name, { shape, base64 }]) =>
        [
          name,
          hostTensor(
            new Float32Array(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)).buffer),
            shape,
            "float32",
          ),
        ] as const,
    ),
  );
}

const backends = await backendsUnderTest();

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  const runs = Object.entries(recorded.models).flatMap(([model, { state, runs: list }]) =>
    list.map((run) => ({ model, state, ...run })),
  );

  it.each(runs)(
    "the $model learns with $optimizer as in torch, without leaving a tensor behind",
    async ({ model: name, state, optimizer: kind, options, losses }) => {
      const model = makers[name]?.() ?? new nn.Sequential();
      model.loadStateDict(startWeights(state));
      const criterion = new nn.CrossEntropyLoss();
      const optimizer = new optimizers[kind](model.parameters(), options);
      const actual: number[] = [];
      const counts: number[] = [];
      for await (const batch of new DataLoader(dataset, { batchSize: recorded.batchSize })) {
        const scope = tensorScope();
        const [x, y] = toDevice(batch);
        const loss = criterion.forward(model.forward(x), y);
        optimizer.zeroGrad();
        backward(loss);
        optimizer.step();
        actual.push(...(await awaitOutside(scope, loss.data())));
        scope.close();
        counts.push(tf.memory().numTensors);
      }
      expect(actual).toHaveLength(losses.length);
      const worst = Math.max(...actual.map((loss, step) => Math.abs(loss / (losses[step] ?? Number.NaN) - 1)));
      expect(worst).toBeLessThan(RELATIVE_TOLERANCE);
      expect(new Set(counts.slice(1)).size).toBe(1);
      optimizer.dispose();
      for (const parameter of model.parameters()) parameter.dispose();
    },
  );
});
