// A process that trains on a table, a Parquet file and tokens, saves after each step, and goes on from what it finds.
import * as L from "lightning-ts";
import { StackDataset } from "lightning-ts/core";
import { openParquet, Table, TokenBlocks } from "lightning-ts/data";
import { existsSync } from "node:fs";
import { join } from "node:path";

interface Batch {
  readonly table: { readonly x: L.tf.Tensor1D; readonly name: string[]; readonly kind: L.tf.Tensor1D };
  readonly parquet: { readonly row: L.tf.Tensor1D; readonly half: L.tf.Tensor1D };
  readonly text: [L.tf.Tensor2D, L.tf.Tensor2D];
}

class Sums extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(4, 1);

  override trainingStep({ table, parquet, text: [tokens] }: Batch, batchIdx: number) {
    const columns = [table.x, table.kind, parquet.half.div(100), tokens.sum(1).div(1000)];
    const loss = this.layer
      .forward(
        L.tf.stack(
          columns.map((column) => column.toFloat()),
          1,
        ),
      )
      .square()
      .mean();
    const rows = parquet.row.dataSync().join(",");
    console.log(`step ${this.currentEpoch}.${batchIdx} ${rows}|${table.name.join(",")}|${loss.dataSync()[0]}`);
    return loss;
  }

  override configureOptimizers() {
    return new L.optim.SGD(this.parameters(), { lr: 0.01 });
  }
}

const { folder, file, numWorkers } = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
L.seedEverything(5);
const rows = Array.from({ length: 300 }, (_, i) => i);
const table = Table.of({
  x: Float32Array.from(rows, (row) => row / 300),
  name: rows.map((row) => `n${row}`),
  kind: { type: "category", values: Int32Array.from(rows, (row) => row % 5), categories: ["a", "b", "c", "d", "e"] },
});
const parquet = await openParquet(file ?? "", { columns: { row: "integer", half: "number" } });
const text = new TokenBlocks(
  Int32Array.from({ length: 304 }, (_, i) => i),
  { blockSize: 4 },
);
const workers = Number(numWorkers);
const loader = new L.DataLoader(new StackDataset({ table, parquet, text }), {
  batchSize: 32,
  sampler: parquet.sampler({ seed: 3, blocksAtOnce: 2 }),
  numWorkers: workers,
  persistentWorkers: workers > 0,
});
const last = join(folder ?? "", "last.ckpt");
const trainer = new L.Trainer({
  maxEpochs: 2,
  accelerator: L.cpu({ backend: "cpu" }),
  logger: false,
  enableProgressBar: false,
  enableModelSummary: false,
  callbacks: [new L.ModelCheckpoint({ dirpath: folder, everyNTrainSteps: 1, saveLast: true })],
});
await trainer.fit(new Sums(), loader, undefined, { ckptPath: existsSync(last) ? last : undefined });
console.log("done");
