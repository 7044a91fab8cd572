import { DataLoader, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import {
  BoringModel,
  type BoringBatch,
  FakeTerminal,
  MemoryFiles,
  onTwoRanks,
  randomDataset,
} from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { TrainingSpikeError } from "../../errors/training-spike-error.js";
import recorded from "./fixtures/spikes.json" with { type: "json" };
import { SpikeDetection, type SpikeDetectionOptions } from "./spike-detection.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

/** Its losses jump in the given batches. */
class Jumping extends BoringModel {
  constructor(readonly jumps: readonly number[]) {
    super();
  }
  override trainingStep(batch: BoringBatch, batchIdx: number) {
    const loss = this.loss(this.forward(batch[0]));
    return this.jumps.includes(batchIdx) ? tf.mul(loss, 1e6) : loss;
  }
}

const files = new MemoryFiles();
const read = async (path: string) => JSON.parse(new TextDecoder().decode(await files.readFile(path))) as unknown;

function makeTrainer(spikes: SpikeDetection, backend = "cpu") {
  return quietTrainer({
    accelerator: cpu({ backend }),
    maxEpochs: 1,
    defaultRootDir: "/runs",
    ports: { files, terminal: new FakeTerminal() },
    callbacks: [spikes],
  });
}

const loader = () => new DataLoader(randomDataset({ length: 8 }));
const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe("SpikeDetection", () => {
  it.each(recorded.cases.map((one) => [JSON.stringify(one.options), one.losses.join(" "), one] as const))(
    "stops where Lightning stops, with %s and the losses %s",
    async (_options, _losses, { losses, options, spike, bad }) => {
      const renamed = Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));
      const detection = new SpikeDetection(renamed);
      const trainer = makeTrainer(detection);
      const model = new BoringModel();
      const end = (batchIdx: number) =>
        detection.onTrainBatchEnd(trainer, model, { loss: tf.scalar(Number(losses[batchIdx])) }, undefined, batchIdx);
      for (const batchIdx of losses.keys()) {
        if (batchIdx !== spike) await end(batchIdx);
        else {
          await expect(end(batchIdx)).rejects.toThrow(`Training spike detected in batch ${spike}`);
          break;
        }
      }
      expect(detection.badBatches).toEqual(bad.filter((index) => index >= 0));
    },
  );

  it.each(["cpu", "onnxruntime"])(
    "ends a fit on %s and lists the batches, those of the run before too",
    async (backend) => {
      const detection = new SpikeDetection({ rtol: 1_000 });
      const failed = makeTrainer(detection, backend).fit(new Jumping([4]), loader());
      await expect(failed).rejects.toMatchObject({ cause: expect.any(TrainingSpikeError) });
      expect(await read("/runs/skip_batches.json")).toEqual([3, 4]);
      const next = new SpikeDetection({ rtol: 20, excludeBatchesPath: "/elsewhere/bad.json" });
      next.loadStateDict(detection.stateDict());
      await expect(makeTrainer(next, backend).fit(new Jumping([6]), loader())).rejects.toThrow(/batch 6/);
      expect(await read("/elsewhere/bad.json")).toEqual([3, 4, 5, 6]);
    },
  );

  it("ends the run on all ranks when one of them sees a spike", async () => {
    const outcomes: unknown[] = [];
    await onTwoRanks(
      async ({ rank, trainer }) => {
        const run = trainer.fit(new Jumping(rank === 1 ? [2] : []), loader());
        outcomes.push(await run.catch((error: unknown) => (error as Error).cause ?? error));
      },
      () => ({ callbacks: [new SpikeDetection({ rtol: 1_000 })], defaultRootDir: "/ranks" }),
    );
    for (const outcome of outcomes) expect(outcome).toBeInstanceOf(TrainingSpikeError);
  });

  it("asks for a step that returns its loss", async () => {
    class Silent extends BoringModel {
      override trainingStep() {
        return undefined;
      }
    }
    await expect(makeTrainer(new SpikeDetection()).fit(new Silent(), loader())).rejects.toThrow(
      "SpikeDetection needs the loss of every batch, and Silent.trainingStep returned none.",
    );
  });

  it.each([
    [{ mode: "most" }, 'SpikeDetection cannot use this mode. Expected "min" or "max".'],
    [{ window: 0 }, "Expected a whole number of at least 1. Received 0."],
    [{ warmup: -1 }, "Expected a whole number of at least 0. Received -1."],
    [{ patience: 1 }, 'SpikeDetection has no option "patience"'],
  ])("refuses %j", (options, message) => {
    expect(() => new SpikeDetection(options as SpikeDetectionOptions)).toThrow(message);
  });

  it("refuses a state that is none", () => {
    expect(() => new SpikeDetection().loadStateDict({ last_val: "0", running: [], bad_batches: [] })).toThrow(
      /cannot be read/,
    );
  });
});
