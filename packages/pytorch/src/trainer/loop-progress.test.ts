import { BoringModel, FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import type { Trainer as AnyTrainer } from "../contract/trainer.js";
import type { Progress, ProgressCounts } from "../words/loop-progress.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const HOOKS = [
  ...["onTrainStart", "onTrainEpochStart", "onTrainBatchStart", "onTrainBatchEnd", "onTrainEpochEnd", "onTrainEnd"],
  ...["onValidationStart", "onValidationBatchStart", "onValidationBatchEnd", "onValidationEnd"],
];

/** `current/total`, each as ready, started, processed, completed. */
function digits({ current, total }: Progress): string {
  const of = ({ ready, started, processed, completed }: ProgressCounts) =>
    [ready, started, processed, completed].join("");
  return `${of(current)}/${of(total)}`;
}

function recorded(maxEpochs: number, rows: string[]): Trainer {
  const row = (name: string) => (trainer: AnyTrainer) => {
    const { epochProgress, epochLoop } = trainer.fitLoop;
    rows.push(
      [name, ...[epochProgress, epochLoop.batchProgress, epochLoop.valLoop.batchProgress].map(digits)].join(" "),
    );
  };
  return quietTrainer({
    maxEpochs,
    limitTrainBatches: 2,
    limitValBatches: 1,
    numSanityValSteps: 1,
    callbacks: new LambdaCallback(Object.fromEntries(HOOKS.map((name) => [name, row(name)]))),
  });
}

/** What Lightning 2.6.6 has in these hooks, recorded with its BoringModel and the same limits. */
const LIGHTNING = `
onValidationStart 0000/0000 0000/0000 0000/0000
onValidationBatchStart 0000/0000 0000/0000 1000/1000
onValidationBatchEnd 0000/0000 0000/0000 1110/1110
onValidationEnd 0000/0000 0000/0000 1111/1111
onTrainStart 0000/0000 0000/0000 0000/0000
onTrainEpochStart 1000/1000 0000/0000 0000/0000
onTrainBatchStart 1100/1100 1000/1000 0000/0000
onTrainBatchEnd 1100/1100 1110/1110 0000/0000
onTrainBatchStart 1100/1100 2111/2111 0000/0000
onTrainBatchEnd 1100/1100 2221/2221 0000/0000
onValidationStart 1100/1100 2222/2222 0000/0000
onValidationBatchStart 1100/1100 2222/2222 1000/1000
onValidationBatchEnd 1100/1100 2222/2222 1110/1110
onValidationEnd 1100/1100 2222/2222 1111/1111
onTrainEpochEnd 1110/1110 2222/2222 1111/1111
onTrainEpochStart 2111/2111 2222/2222 1111/1111
onTrainBatchStart 2211/2211 1000/3222 1111/0000
onTrainBatchEnd 2211/2211 1110/3332 1111/0000
onTrainBatchStart 2211/2211 2111/4333 1111/0000
onTrainBatchEnd 2211/2211 2221/4443 1111/0000
onValidationStart 2211/2211 2222/4444 0000/0000
onValidationBatchStart 2211/2211 2222/4444 1000/1000
onValidationBatchEnd 2211/2211 2222/4444 1110/1110
onValidationEnd 2211/2211 2222/4444 1111/1111
onTrainEpochEnd 2221/2221 2222/4444 1111/1111
onTrainEnd 2222/2222 2222/4444 1111/1111`;

it("the progress of the loops is Lightning's in every hook", async () => {
  const rows: string[] = [];
  const trainer = recorded(2, rows);
  await trainer.fit(new BoringModel());
  expect(rows).toEqual(LIGHTNING.trim().split("\n"));
  expect(trainer.fitLoop).toMatchObject({ maxEpochs: 2, minEpochs: 0, maxSteps: -1, minSteps: 0, maxBatches: 2 });
  trainer.maxEpochs = 3;
  await trainer.fit(new BoringModel());
  expect(digits(trainer.fitLoop.epochProgress)).toBe("3333/3333");
});

it("an evaluation and a prediction have their own, and a look at it stays as it was", async () => {
  const trainer = recorded(1, []);
  const model = new BoringModel();
  await trainer.test(model, { verbose: false });
  const before = trainer.testLoop;
  expect(digits(before.batchProgress)).toBe("64646464/64646464");
  expect(before).toMatchObject({ maxBatches: [64], numDataloaders: 1 });
  await trainer.test(model, { verbose: false });
  expect(digits(trainer.testLoop.batchProgress)).toBe("64646464/128128128128");
  expect(digits(before.batchProgress)).toBe("64646464/64646464");
  await trainer.predict(model);
  expect(digits(trainer.predictLoop.batchProgress)).toBe("64646464/64646464");
  await trainer.validate(model, { verbose: false });
  expect(digits(trainer.validateLoop.batchProgress)).toBe("1111/1111");
  expect(digits(trainer.fitLoop.epochLoop.valLoop.batchProgress)).toBe("0000/0000");
});

it("a fit that goes on from a file, or begins again, counts what is done", async () => {
  const rows: string[] = [];
  const files = new MemoryFiles();
  const make = (callbacks: LambdaCallback) =>
    quietTrainer({
      maxEpochs: 2,
      limitTrainBatches: 2,
      limitValBatches: 0,
      callbacks,
      ports: { files, terminal: new FakeTerminal() },
    });
  const saves = new LambdaCallback({
    async onTrainBatchEnd(trainer) {
      if (trainer.batchesSeen === 3) await trainer.saveCheckpoint("/a.ckpt");
      if (trainer.batchesSeen === 4) throw new Error("lost");
    },
  });
  const first = make(saves);
  await expect(first.fit(new BoringModel())).rejects.toThrow("lost");
  const looks = new LambdaCallback({
    onTrainStart: ({ fitLoop }) => void rows.push(digits(fitLoop.epochProgress), digits(fitLoop.batchProgress)),
  });
  const second = make(looks);
  await second.fit(new BoringModel(), { ckptPath: "/a.ckpt" });
  expect(rows).toEqual(["2211/2211", "1111/3333"]);
  expect(digits(second.fitLoop.epochProgress)).toBe("2222/2222");
  expect(digits(second.fitLoop.batchProgress)).toBe("2222/4444");
  first.callbacks = [looks];
  await first.fit(new BoringModel());
  expect(rows[2]).toBe("1111/1111");
  expect(digits(first.fitLoop.epochProgress)).toBe("2222/2222");
});
