import { DataLoader, optim, type Optimizer } from "@lightning-ts/core";
import { dummyLogger, type Logger } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { Callback } from "../contract/callback.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

let terminal: FakeTerminal;
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
beforeEach(() => {
  terminal = new FakeTerminal();
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const loader = (batches = 4) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, limitValBatches: 0, ports: { files: new MemoryFiles(), terminal }, ...options });
}

describe("what cannot wait refuses a promise by name", () => {
  const fails = async (): Promise<never> => {
    throw new Error("nobody waits for this");
  };

  it.each(["setEpoch", "state", "restore"])("a loader's %s", async (method) => {
    class Rows {
      readonly length = 4;
      *[Symbol.iterator]() {
        for (const batch of [0, 1, 2, 3]) yield batch;
      }
      setEpoch(): unknown {
        return method === "setEpoch" ? fails() : undefined;
      }
      state(): unknown {
        return method === "state" ? fails() : { at: 1 };
      }
      restore(): unknown {
        return method === "restore" ? fails() : undefined;
      }
    }
    class Rowed extends BoringModel {
      override trainDataloader() {
        return new Rows() as never;
      }
      override trainingStep() {
        return undefined;
      }
      override async onTrainBatchEnd(_outputs: unknown, _batch: BoringBatch, batchIdx: number) {
        if (batchIdx === 1) await this.trainer.saveCheckpoint("/half.ckpt");
      }
    }
    const files = new MemoryFiles();
    const run = async () => {
      await makeTrainer({ ports: { files, terminal } }).fit(new Rowed());
      await makeTrainer({ ports: { files, terminal } }).fit(new Rowed(), { ckptPath: "/half.ckpt" });
    };
    await expect(run()).rejects.toThrow(`Rows.${method} returned a promise, and nothing can wait for it there.`);
  });

  it("an optimizer's step and its closure, and the function of LambdaLR", async () => {
    class Later extends optim.SGD {
      override step(): never {
        return fails() as never;
      }
    }
    const fit = (make: (module: BoringModel) => unknown) =>
      makeTrainer().fit(
        new (class extends BoringModel {
          override configureOptimizers() {
            return make(this) as Optimizer;
          }
        })(),
        loader(),
      );
    await expect(fit((module) => new Later(module.parameters(), { lr: 1 }))).rejects.toThrow(
      "Later.step returned a promise",
    );
    await expect(
      fit((module) => {
        const optimizer = new optim.SGD(module.parameters(), { lr: 1 });
        return [[optimizer], [new optim.lrScheduler.LambdaLR(optimizer, { lrLambda: fails as never })]];
      }),
    ).rejects.toThrow("The lrLambda of LambdaLR returned a promise");
    const optimizer = new optim.SGD(new BoringModel().parameters(), { lr: 1 });
    expect(() => optimizer.step(fails as never)).toThrow("The closure of SGD.step returned a promise");
  });

  it("log", async () => {
    class Logs extends BoringModel {
      override trainingStep(batch: BoringBatch, batchIdx: number) {
        this.log("later", Promise.resolve(1) as never);
        return super.trainingStep(batch, batchIdx);
      }
    }
    await expect(makeTrainer().fit(new Logs(), loader())).rejects.toThrow(/log\("later"\) .*Received a promise/);
  });
});

describe("stateDict of a callback", () => {
  const saving = (callback: Callback) =>
    makeTrainer({ callbacks: [callback, new ModelCheckpoint({ dirpath: "/run" })], enableCheckpointing: true }).fit(
      new BoringModel(),
      loader(),
    );

  it("may be asynchronous, by its type too", async () => {
    let isSaved = false;
    class Remote extends Callback {
      override async stateDict() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        isSaved = true;
        return { seen: 3 };
      }
      override async loadStateDict() {
        await Promise.resolve();
      }
    }
    await saving(new Remote());
    expect(isSaved).toBe(true);
    class Fails extends Callback {
      override async stateDict(): Promise<never> {
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new RangeError("the server is down");
      }
    }
    await expect(saving(new Fails())).rejects.toThrow(/Fails.stateDict failed at .*the server is down/);
  });

  it.each([
    [undefined, "undefined"],
    [[1], "[1]"],
    ["text", '"text"'],
    [new Map(), "an instance of Map"],
  ])("must be an object with names, not %o", async (state, received) => {
    class Odd extends Callback {
      override stateDict() {
        return state as never;
      }
    }
    await expect(saving(new Odd())).rejects.toThrow(
      `Odd.stateDict gave something that cannot be kept under names. Expected an object of plain values and tensors; {} for nothing. Received ${received}.`,
    );
  });
});

it("clipGradients of one's own is waited for where it is asynchronous", async () => {
  const order: string[] = [];
  class Clips extends BoringModel {
    override clipGradients(): never {
      const later = async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push("clipped");
        throw new RangeError("too late");
      };
      return later() as never;
    }
    override onTrainBatchEnd() {
      order.push("batch end");
    }
  }
  await expect(makeTrainer().fit(new Clips(), loader())).rejects.toThrow(/configureGradientClipping failed.*too late/);
  expect(order).toEqual(["clipped"]);
});

it("a scheduler whose step is asynchronous is waited for", async () => {
  let isDone = false;
  class Slow extends optim.lrScheduler.StepLR {
    override step(): never {
      const later = async () => {
        await Promise.resolve();
        super.step();
        isDone = true;
      };
      return later() as never;
    }
  }
  let wasDone = false;
  class Scheduled extends BoringModel {
    override configureOptimizers() {
      const optimizer = new optim.SGD(this.parameters(), { lr: 1 });
      return { optimizer, lrScheduler: new Slow(optimizer, { stepSize: 1 }) };
    }
    override onTrainEpochEnd() {
      wasDone = isDone;
    }
  }
  await makeTrainer().fit(new Scheduled(), loader());
  expect(wasDone).toBe(true);
});

describe("a logger whose methods are asynchronous", () => {
  it.each(["logMetrics", "logHyperparams", "open", "save", "finalize"] as const)(
    "and whose %s rejects has failed, and the run goes on",
    async (method) => {
      class Remote {
        readonly rows: unknown[] = [];
        readonly kind = "logger";
        readonly name = "remote";
        readonly version = 0;
        readonly groupSeparator = "/";
        logMetrics = async (row: unknown) => {
          await Promise.resolve();
          this.rows.push(row);
        };
        logHyperparams = async () => undefined;
        open = async () => undefined;
        save = async () => undefined;
        finalize = async () => undefined;
      }
      const remote = new Remote();
      Object.assign(remote, {
        [method]: async () => {
          await Promise.resolve();
          throw new Error("the server is down");
        },
      });
      const logger: Logger = remote;
      class Logs extends BoringModel {
        constructor() {
          super();
          this.saveHyperparameters({ width: 2 });
        }
        override trainingStep(batch: BoringBatch, batchIdx: number) {
          this.log("batchIdx", batchIdx);
          return super.trainingStep(batch, batchIdx);
        }
      }
      const { status, steps } = await makeTrainer({ logger, logEveryNSteps: 1, maxEpochs: 2 }).fit(
        new Logs(),
        loader(),
      );
      expect([status, steps]).toEqual(["finished", 8]);
      expect(terminal.warnings[0]).toBe(
        `Warning: The logger Remote failed in ${method}: the server is down. The run goes on, and the logger is tried again ${method === "finalize" ? "once more" : "at the next flush"}.`,
      );
      if (method !== "logMetrics" && method !== "open") expect(remote.rows.length).toBeGreaterThanOrEqual(8);
    },
  );

  it("and never answers its rows is waited for at the next flush only", async () => {
    const logger = dummyLogger();
    const waiting: (() => void)[] = [];
    let handed = 0;
    Object.assign(logger, {
      logMetrics: () => {
        handed += 1;
        return new Promise<void>((resolve) => void waiting.push(resolve));
      },
    });
    class Logs extends BoringModel {
      override trainingStep(batch: BoringBatch, batchIdx: number) {
        this.log("batchIdx", batchIdx);
        if (batchIdx === 2) expect(handed).toBe(2);
        return super.trainingStep(batch, batchIdx);
      }
    }
    const run = makeTrainer({ logger, logEveryNSteps: 1 }).fit(new Logs(), loader(3));
    const timer = setInterval(() => {
      for (const release of waiting.splice(0)) release();
    }, 1);
    await run;
    clearInterval(timer);
    expect(handed).toBeGreaterThanOrEqual(3);
  });
});
