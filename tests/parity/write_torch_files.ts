/**
 * Writes files with the torch-files package and checkpoints of a run here for `check_torch_files.py`, with the losses
 * that follow. Run: npx tsx --conditions=lightning-ts-source tests/parity/write_torch_files.ts
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "../../packages/core/src/index.js";
import { cpu } from "../../packages/fabric/src/index.node.js";
import {
  Callback,
  convertCheckpoint,
  LightningModule,
  ModelCheckpoint,
  Trainer,
} from "../../packages/pytorch/src/index.js";
import {
  PyDict,
  PyGlobal,
  PyObject,
  PySet,
  PyTuple,
  readTorchFile,
  torchTensor,
  writeTorchFile,
} from "../../packages/torch-files/src/index.js";

const OUT = "/tmp/torch-files";
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);

writeFileSync(
  `${OUT}/values.pt`,
  writeTorchFile({
    ...{
      integers: [0, -1, 2 ** 31, 2n ** 70n],
      floats: [0.5, -0, Number.POSITIVE_INFINITY],
      text: "Grüße 🌍",
      none: null,
    },
    ...{
      tuple: new PyTuple([1, "a"]),
      size: new PyTuple([2, 3], "torch.Size"),
      set: new PySet([1]),
      numbered: new Map([[0, "zero"]]),
    },
    ...{
      bytes: new Uint8Array([0, 255]),
      dtype: new PyGlobal("torch.float16"),
      device: new PyObject("torch.device", ["cuda", 1]),
    },
    ordered: new PyDict([["b", true]], "collections.OrderedDict"),
    float32: torchTensor("float32", [2, 2], new Float32Array([1, 2, 3, 4])),
    int64: torchTensor("int64", [1], new BigInt64Array([-(2n ** 40n)])),
    uint16: torchTensor("uint16", [1], new Uint16Array([65535])),
    bool: torchTensor("bool", [2], new Uint8Array([0, 1])),
    bfloat16: torchTensor("bfloat16", [1], new Uint16Array([0x3f80])),
  }),
);
// What PyTorch wrote, written again.
const recorded = new URL("../../packages/torch-files/src/fixtures/torch-files.json", import.meta.url);
const [everything] = JSON.parse(readFileSync(recorded, "utf8")).files;
writeFileSync(`${OUT}/everything.pt`, Buffer.from(everything.base64, "base64"));
const again = readTorchFile(Buffer.from(everything.base64, "base64")).value;
if (!(again instanceof PyDict)) throw new Error("no dict");
writeFileSync(`${OUT}/everything-again.pt`, writeTorchFile(again));

const [BATCHES, BATCH] = [6, 4];
const rows = Array.from({ length: BATCHES * BATCH }, (_, row) => row);
const set = new TensorDataset(
  tf.buffer<tf.Rank.R2>(
    [rows.length, 3],
    "float32",
    new Float32Array(rows.flatMap((row) => [0, 1, 2].map((column) => (((7 * row + 3 * column) % 17) - 8) / 8))),
  ),
  tf.buffer<tf.Rank.R2>([rows.length, 1], "float32", new Float32Array(rows.map((row) => (((5 * row) % 13) - 6) / 8))),
);

/** The model of lightning_mlp.py. */
class LitMLP extends LightningModule<[x: tf.Tensor2D, y: tf.Tensor2D]> {
  readonly net = new nn.Sequential(new nn.Linear(3, 8), new nn.Tanh(), new nn.Linear(8, 1));
  constructor() {
    super();
    this.saveHyperparameters({ hiddenDim: 8, learningRate: 0.05 });
  }
  override trainingStep([x, y]: [x: tf.Tensor2D, y: tf.Tensor2D]) {
    return F.mseLoss(this.net.forward(x), y);
  }
  override configureOptimizers() {
    const optimizer = new optim.Adam(this.parameters(), { lr: 0.05, weightDecay: 0.01 });
    return [[optimizer], [new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.5 })]] as const;
  }
}

class Losses extends Callback {
  readonly values: number[] = [];
  override onTrainBatchEnd(_trainer: Trainer, _module: LightningModule, { loss }: { loss?: tf.Tensor | undefined }) {
    this.values.push(loss?.dataSync()[0] ?? Number.NaN);
  }
}

seedEverything(1);
const losses = new Losses();
const steps = new ModelCheckpoint({ dirpath: OUT, filename: "ours-{step}", everyNTrainSteps: 8, saveTopK: -1 });
const epochs = new ModelCheckpoint({ dirpath: OUT, filename: "ours-{epoch}", saveTopK: -1 });
const options = { accelerator: cpu({ backend: "cpu" }), logger: false, enableProgressBar: false, defaultRootDir: OUT };
const trainer = new Trainer({ ...options, maxEpochs: 6, callbacks: [steps, epochs, losses] });
const model = new LitMLP();
await trainer.fit(model, new DataLoader(set, { batchSize: BATCH }));
await trainer.saveCheckpoint(`${OUT}/ours-end.ckpt`);
const longer = new Trainer({ ...options, maxEpochs: 10, callbacks: [losses], enableCheckpointing: false });
await longer.fit(model, new DataLoader(set, { batchSize: BATCH }), undefined, { ckptPath: `${OUT}/ours-end.ckpt` });
const moments = [
  { file: "ours-step=8.ckpt", steps: 8 },
  { file: "ours-epoch=1.ckpt", steps: 2 * BATCHES },
  { file: "ours-end.ckpt", steps: 6 * BATCHES },
];
for (const { file } of moments) await convertCheckpoint(`${OUT}/${file}`, `${OUT}/python-${file}`);
writeFileSync(
  `${OUT}/runs.json`,
  JSON.stringify(
    moments.map(({ file, steps: done }) => ({
      file: `python-${file}`,
      steps: done,
      losses: losses.values.slice(done, done + 20),
    })),
  ),
);
