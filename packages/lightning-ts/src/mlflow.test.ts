import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { F, nn, optim, TensorDataset, DataLoader, tf } from "./core.js";
import { MLFlowLogger } from "./mlflow.js";
import { LightningModule, ModelCheckpoint, Trainer } from "./pytorch.js";

/**
 * The folder of a Python environment that has `mlflow`, such as `venv/bin`. Without one nothing is tried: the server is
 * installed by hand, because it is large.
 */
const BIN = process.env["LIGHTNING_TS_MLFLOW_BIN"] ?? "";
const READER = fileURLToPath(new URL("../../../tests/parity/read_mlflow_run.py", import.meta.url));
const START_MS = 150_000;
/** What stands for infinity in a database of MLflow's. */
const LARGEST = Number.MAX_VALUE;

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

class Classifier extends LightningModule<Batch> {
  readonly net = new nn.Linear(4, 3);

  constructor() {
    super();
    this.saveHyperparameters({ lr: 0.1, optimizer: { name: "sgd" } });
  }
  override trainingStep([x, y]: Batch) {
    const loss = F.crossEntropy(this.net.forward(x), y);
    this.log("loss", loss, { onStep: true, onEpoch: true });
    return loss;
  }
  override onTrainEpochEnd(): void {
    this.log("odd", this.currentEpoch === 0 ? Number.NaN : Number.POSITIVE_INFINITY);
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

function loader() {
  const x = tf.buffer<tf.Rank.R2>(
    [12, 4],
    "float32",
    Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
  );
  return new DataLoader(
    new TensorDataset(
      x,
      Int32Array.from({ length: 12 }, (_, i) => i % 3),
    ),
    { batchSize: 4 },
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe.skipIf(!existsSync(join(BIN, "mlflow")))(
  "MLFlowLogger with a server (skipped without LIGHTNING_TS_MLFLOW_BIN)",
  () => {
    let folder = "";
    let server: ChildProcess | undefined;
    let trackingUri = "";

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "lightning-ts-mlflow-"));
      const port = String(await freePort());
      trackingUri = `http://127.0.0.1:${port}`;
      const store = [
        "--backend-store-uri",
        `sqlite:///${folder}/runs.db`,
        "--artifacts-destination",
        join(folder, "files"),
      ];
      server = spawn(join(BIN, "mlflow"), ["server", "--port", port, "--workers", "1", ...store], {
        stdio: "ignore",
        detached: true,
      });
      for (let isUp = false; !isUp;) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        isUp = await fetch(`${trackingUri}/health`).then(
          ({ ok }) => ok,
          () => false,
        );
      }
    }, START_MS);

    afterAll(async () => {
      if (server?.pid !== undefined) process.kill(-server.pid);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    it(
      "what a Trainer logs is what MLflow's own client reads: metrics, parameters, tags and checkpoints",
      { timeout: START_MS },
      async () => {
        const logger = new MLFlowLogger({
          experimentName: "mnist",
          runName: "first",
          trackingUri,
          tags: { team: "a" },
          logModel: true,
        });
        const trainer = new Trainer({
          accelerator: "cpu",
          logger,
          maxEpochs: 2,
          logEveryNSteps: 1,
          defaultRootDir: folder,
          enableProgressBar: false,
          enableModelSummary: false,
          callbacks: [new ModelCheckpoint({ monitor: "loss_epoch", saveLast: true })],
        });
        await trainer.fit(new Classifier(), loader());
        const { stdout } = await promisify(execFile)(join(BIN, "python"), [READER, trackingUri, logger.version ?? ""]);
        const run = JSON.parse(stdout);
        expect(run).toMatchObject({
          experiment: "mnist",
          name: "first",
          status: "FINISHED",
          params: { lr: "0.1", "optimizer/name": "sgd" },
          tags: { team: "a" },
        });
        expect(run.metrics["loss_step"].map(([step]: [number]) => step)).toEqual([0, 1, 2, 3, 4, 5]);
        expect(run.metrics["loss_epoch"].map(([step]: [number]) => step)).toEqual([2, 5]);
        expect(run.metrics["loss_epoch"].at(-1)[1]).toBeCloseTo(trainer.callbackMetrics["loss_epoch"] ?? Number.NaN, 6);
        expect(run.metrics["odd"].map(([, value]: [number, string]) => value)).toEqual(["nan", LARGEST]);
        const names = Object.keys(run.artifacts).sort();
        expect(names).toEqual(
          ["epoch=1-step=6", "last"].flatMap((one) => [
            `${one}/aliases.txt`,
            `${one}/${one}.ckpt`,
            `${one}/metadata.yaml`,
          ]),
        );
        expect(run.artifacts["last/last.ckpt"]).toBeGreaterThan(100);
      },
    );
  },
);
