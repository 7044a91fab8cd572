import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { cpu, Fabric, SafetensorsCheckpointStore, TensorBoardLogger, type Ports } from "@lightning-ts/fabric";
import { LightningModule, Trainer } from "@lightning-ts/pytorch";
import { PageFiles } from "./page-files.js";

type Batch = [tf.Tensor2D, tf.Tensor2D];

class Line extends LightningModule<Batch> {
  readonly layer = new nn.Linear(1, 1);

  override trainingStep([x, y]: Batch): tf.Tensor {
    const loss = F.mseLoss(this.layer.forward(x), y);
    this.log("loss", loss);
    return loss;
  }
  override validationStep([x, y]: Batch): void {
    this.log("val_loss", F.mseLoss(this.layer.forward(x), y));
  }
  override configureOptimizers(): optim.Optimizer {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

/** What `new Trainer()`, `new Fabric()` and a logger say where nobody passes ports. */
export function withoutPorts(): string[] {
  return [() => new Trainer({}), () => new Fabric(), () => new TensorBoardLogger()].map(messageOf);
}

function messageOf(make: () => unknown): string {
  try {
    make();
    return "nothing was thrown";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Trains, validates, logs, saves and loads with the ports that the page would bring. */
export async function train(): Promise<{ lossFell: boolean; files: string[]; text: string; weights: string[] }> {
  const files = new PageFiles();
  let text = "";
  const ports: Ports = {
    files,
    clock: {
      now: () => performance.now(),
      wallTimeMs: () => Date.now(),
      sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
      yieldToEventLoop: () => new Promise((resolve) => setTimeout(resolve, 0)),
    },
    signals: { on: () => () => undefined },
    environment: {
      get: () => undefined,
      set: () => undefined,
      names: () => [],
      hostName: () => "tab",
      processId: () => 0,
    },
    terminal: {
      isInteractive: false,
      columns: 80,
      hasColors: false,
      format: (...values) => values.map(String).join(" "),
      write: (part) => void (text += part),
      warn: (line) => void (text += `${line}\n`),
    },
  };
  const logger = new TensorBoardLogger({ files, clock: ports.clock, environment: ports.environment });
  const trainer = new Trainer({ ports, accelerator: cpu({ backend: "cpu" }), maxEpochs: 3, logEveryNSteps: 1, logger });
  const xs = tf.buffer<tf.Rank.R2>([16, 1]);
  const ys = tf.buffer<tf.Rank.R2>([16, 1]);
  for (let i = 0; i < 16; i += 1) {
    xs.set(i / 16, i, 0);
    ys.set(i / 8, i, 0);
  }
  const loader = () => new DataLoader(new TensorDataset(xs, ys), { batchSize: 4 });
  const model = new Line();
  const [before] = await trainer.validate(model, loader());
  await trainer.fit(model, loader(), loader());
  const [after] = await trainer.validate(model, loader());
  logger.logImage("dot", { height: 1, width: 1, channels: 1, pixels: Uint8Array.of(7) });
  await logger.save();
  await trainer.saveCheckpoint("last.ckpt");
  const weights = await new SafetensorsCheckpointStore(files).loadTensors(files.resolve("last.ckpt"));
  return {
    lossFell: (after?.["val_loss"] ?? 1) < (before?.["val_loss"] ?? 0),
    files: files.paths(),
    text,
    weights: [...weights.keys()],
  };
}
