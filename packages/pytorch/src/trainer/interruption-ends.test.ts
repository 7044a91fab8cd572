import { DataLoader } from "@lightning-ts/core";
import {
  BoringModel,
  FakeClock,
  FakeEnvironment,
  FakeProcesses,
  FakeSignals,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
} from "@lightning-ts/testing";
import type { ProcessSignal } from "@lightning-ts/core";
import type { Logger } from "@lightning-ts/fabric";
import { beforeEach, describe, expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { OnExceptionCheckpoint } from "../callbacks/on-exception-checkpoint.js";
import { InterruptionError } from "../errors/interruption-error.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

let files: MemoryFiles;
let signals: FakeSignals;
let processes: FakeProcesses;
let terminal: FakeTerminal;

beforeEach(() => {
  files = new MemoryFiles();
  signals = new FakeSignals();
  processes = new FakeProcesses();
  terminal = new FakeTerminal();
});

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 2, limitValBatches: 0, ports: { files, signals, processes, terminal }, ...options });
}
const loader = () => new DataLoader(randomDataset({ length: 8 }), { batchSize: 1 });
const send = (signal: ProcessSignal, batch = 2) =>
  new LambdaCallback({
    onTrainBatchEnd: (trainer) => {
      if (trainer.batchesSeen === batch) signals.send(signal);
    },
  });
const never = () => new Promise<void>(() => undefined);

describe("a signal", () => {
  it.each([
    ["SIGINT", 130, "Ctrl-C"],
    ["SIGTERM", 143, "SIGTERM"],
  ] as const)("%s gives the process the exit code %d and one line", async (signal, code, name) => {
    const result = await makeTrainer({ callbacks: send(signal) }).fit(new BoringModel(), loader());
    expect(result).toMatchObject({ status: "interrupted", reason: name, steps: 2 });
    expect([processes.exitCodes, processes.exits]).toEqual([[code], []]);
    const lines = terminal.text.split("\n").filter((line) => line.includes(`the exit code is ${code}`));
    expect(lines).toEqual([expect.stringContaining(`was interrupted (${name}) at epoch 0, batch`)]);
    expect(signals.handlerCount(signal)).toBe(0);
  });

  it("keeps the Trainer from running on, until somebody says otherwise", async () => {
    const trainer = makeTrainer({ callbacks: send("SIGTERM") });
    const model = new BoringModel();
    await trainer.fit(model, loader());
    for (const run of [
      () => trainer.fit(model, loader()),
      () => trainer.validate(model, loader()),
      () => trainer.test(model, loader()),
      () => trainer.predict(model, loader()),
    ])
      await expect(run()).rejects.toThrow(/after SIGTERM had interrupted.*trainer\.clearInterruption\(\)/);
    trainer.clearInterruption();
    expect(await trainer.test(model, loader(), { verbose: false })).toHaveLength(1);
  });

  it("ends the process when that is asked for, after everything is closed", async () => {
    const ended: string[] = [];
    const last = new LambdaCallback({ teardown: () => void ended.push(`teardown ${processes.exits.length}`) });
    await makeTrainer({ onInterrupt: "exit", callbacks: [send("SIGINT"), last] }).fit(new BoringModel(), loader());
    expect([ended, processes.exits]).toEqual([["teardown 0"], [130]]);
  });

  it("throws when that is asked for, with the exit code", async () => {
    const trainer = makeTrainer({ onInterrupt: "throw", callbacks: send("SIGINT") });
    await expect(trainer.fit(new BoringModel(), loader())).rejects.toThrow(InterruptionError);
    expect(processes.exitCodes).toEqual([130]);
  });

  it("that comes twice at once, from the terminal and from the program that passes it on, counts once", async () => {
    const environment = new FakeEnvironment({ LT_SUPERVISOR: "77" });
    const saves: number[] = [];
    for (const parent of [77, 1]) {
      processes.parent = parent;
      const both = new LambdaCallback({
        onTrainBatchEnd: (trainer) => {
          if (trainer.batchesSeen !== 2) return;
          signals.send("SIGTERM");
          signals.send("SIGTERM");
        },
        onException: () => void saves.push(parent),
      });
      const ports = { files, signals, processes, terminal, environment, clock: new FakeClock() };
      await makeTrainer({ callbacks: both, ports }).fit(new BoringModel(), loader());
    }
    expect(saves).toEqual([77]);
  });

  it("twice begins no save and waits for no teardown; a third ends the process", async () => {
    const hanging = new LambdaCallback({ onTrainBatchEnd: never, teardown: never });
    const callbacks = [hanging, new OnExceptionCheckpoint({ dirpath: "/rescue" })];
    const running = makeTrainer({ enableCheckpointing: true, callbacks }).fit(new BoringModel(), loader());
    await new Promise((resolve) => setTimeout(resolve, 50));
    signals.send("SIGINT");
    signals.send("SIGTERM");
    signals.send("SIGTERM");
    expect(processes.exits).toEqual([143]);
    expect(await running).toMatchObject({ status: "interrupted" });
    expect(files.paths()).toEqual([]);
  });

  it("once saves where a callback does", async () => {
    const callbacks = [send("SIGINT"), new OnExceptionCheckpoint({ dirpath: "/rescue" })];
    await makeTrainer({ enableCheckpointing: true, callbacks }).fit(new BoringModel(), loader());
    expect(files.paths()).toEqual(["/rescue/on_exception.ckpt"]);
  });

  it.each(["prepareData", "setup"] as const)("answers in a %s that does not end", async (hook) => {
    class Hangs extends BoringModel {
      override prepareData(): void | Promise<void> {
        if (hook === "prepareData") return never();
      }
      override setup(): void | Promise<void> {
        if (hook === "setup") return never();
      }
    }
    const running = makeTrainer().fit(new Hangs(), loader());
    await new Promise((resolve) => setTimeout(resolve, 20));
    signals.send("SIGTERM");
    expect(await running).toMatchObject({ status: "interrupted", steps: 0 });
    expect(processes.exitCodes).toEqual([143]);
  });

  it("answers in a logger that does not open, in an evaluation, and in a teardown", async () => {
    const pending: Logger = Object.assign(new SilentLogger(), { open: never });
    const opening = makeTrainer({ logger: pending }).fit(new BoringModel(), loader());
    await new Promise((resolve) => setTimeout(resolve, 20));
    signals.send("SIGINT");
    expect(await opening).toMatchObject({ status: "interrupted" });
    const inTest = new LambdaCallback({ onTestBatchEnd: () => signals.send("SIGTERM") });
    await makeTrainer({ callbacks: inTest }).test(new BoringModel(), loader(), { verbose: false });
    const closing = makeTrainer({ callbacks: new LambdaCallback({ teardown: () => signals.send("SIGTERM") }) });
    expect(await closing.fit(new BoringModel(), loader())).toMatchObject({ status: "interrupted", steps: 16 });
    expect(processes.exitCodes).toEqual([130, 143, 143]);
  });
});

it("an AbortSignal ends no process and refuses no later run", async () => {
  const controller = new AbortController();
  const abort = new LambdaCallback({ onTrainBatchEnd: () => controller.abort() });
  const trainer = makeTrainer({ onInterrupt: "exit", callbacks: abort });
  const { signal } = controller;
  expect(await trainer.fit(new BoringModel(), loader(), undefined, { signal })).toMatchObject({
    status: "interrupted",
  });
  expect([processes.exits, processes.exitCodes]).toEqual([[], []]);
  expect(await trainer.test(new BoringModel(), loader(), { verbose: false })).toHaveLength(1);
});

it("a teardown that fails keeps none of the others from closing", async () => {
  const closed: string[] = [];
  class Closes extends Callback {
    override teardown(): void {
      closed.push("callback");
      throw new Error("callback broke");
    }
  }
  class Model extends BoringModel {
    override teardown(): void {
      closed.push("module");
      throw new Error("module broke");
    }
  }
  const fit = makeTrainer({ callbacks: [new Closes(), new Closes()] }).fit(new Model(), loader());
  await expect(fit).rejects.toThrow(/callback broke.*callback broke.*module broke/s);
  expect(closed).toEqual(["callback", "callback", "module"]);
});

describe("a promise that a hook made and did not wait for", () => {
  /** What a platform does when a promise that was made here is rejected. */
  const reject = (error: Error): boolean[] => [...processes.rejectionHandlers].map((handler) => handler(error));

  it("ends the run when it is rejected, also after its hook, and the hook is named", async () => {
    const careless = new LambdaCallback({
      onTrainBatchStart: () => void setTimeout(() => reject(new Error("left alone")), 1),
      onTrainBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    const run = makeTrainer({ callbacks: careless }).fit(new BoringModel(), loader());
    await expect(run).rejects.toThrow(
      /a promise that LambdaCallback\.onTrainBatchStart made and did not wait for.*left alone/,
    );
    expect(processes.rejectionHandlers.size).toBe(0);
  });

  it("is nobody's business where it is another one's", async () => {
    const taken: boolean[] = [];
    setTimeout(() => taken.push(...reject(new Error("of a server in the same process"))), 5);
    const slow = new LambdaCallback({ onTrainBatchEnd: () => new Promise((resolve) => setTimeout(resolve, 2)) });
    const result = await makeTrainer({ callbacks: slow }).fit(new BoringModel(), loader());
    expect([result.status, taken]).toEqual(["finished", [false]]);
  });
});

/** Takes everything and writes nothing. */
class SilentLogger implements Logger {
  readonly kind = "logger";
  readonly name = "silent";
  readonly version = 0;
  readonly groupSeparator = "/";
  logHyperparams(): void {}
  async open(): Promise<void> {}
  logMetrics(): void {}
  async save(): Promise<void> {}
  async finalize(): Promise<void> {}
}
