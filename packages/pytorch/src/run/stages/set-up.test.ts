import { describe, expect, it } from "vitest";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { noting, sessionUnderTest } from "../loops/session-under-test.js";
import { logHyperparameters } from "./log-hyperparameters.js";
import { setUp, tearDown } from "./set-up.js";

class Bare extends LightningModule {}
class BareData extends LightningDataModule {}

class Net extends LightningModule {
  calls: string[] = [];
  override prepareData(): void {
    this.calls.push("module prepares");
  }
  override configureModel(): void {
    this.calls.push("module configures");
  }
}
class Data extends LightningDataModule {
  calls: string[] = [];
  override prepareData(): void {
    this.calls.push("data prepare");
  }
  override setup(stage: string): void {
    this.calls.push(`data set up for ${stage}`);
  }
  override teardown(stage: string, error?: unknown): void {
    this.calls.push(`data torn down after ${stage}: ${String(error)}`);
  }
}

interface Setting {
  readonly module?: LightningModule & { calls?: string[] };
  readonly datamodule?: LightningDataModule & { calls?: string[] };
  readonly strategy?: object;
  readonly onHook?: () => void;
}

function runWith({ module = new Net(), datamodule, strategy, onHook = () => undefined }: Setting) {
  const collective = { barrier: ({ name }: { readonly name: string }) => void under.calls.push(`barrier: ${name}`) };
  const under = sessionUnderTest({
    module,
    stage: "fit",
    onHook,
    parts: { datamodule },
    strategy: { worldSize: 1, globalRank: 0, localRank: 0, collective, ...strategy },
  });
  for (const owner of [module, datamodule]) if (owner !== undefined && "calls" in owner) owner.calls = under.calls;
  return under;
}

describe("a run is set up", () => {
  it("with data, loggers, hooks and model in their order", async () => {
    const { session, run, calls } = runWith({ datamodule: new Data() });
    await run(setUp(session));
    expect(calls).toEqual([
      "data prepare",
      "module prepares",
      "loggers.open",
      "data set up for fit",
      "setup(fit) batch 0000 0000, epochStart",
      "module configures",
    ]);
  });

  it("without what nobody overrides, and nobody waits for it", async () => {
    const { session, run, calls } = runWith({
      module: new Bare(),
      datamodule: new BareData(),
      strategy: { worldSize: 2 },
    });
    await run(setUp(session));
    expect(calls).toEqual(["loggers.open", "setup(fit) batch 0000 0000, epochStart"]);
    const alone = runWith({ module: new Bare() });
    await alone.run(setUp(alone.session));
    expect(alone.calls).toHaveLength(2);
  });

  it.each<[string, boolean, object, boolean]>([
    ["the first of each machine", true, { globalRank: 2, localRank: 0 }, true],
    ["no other of a machine", true, { globalRank: 1, localRank: 1 }, false],
    ["the first of all, where one is enough", false, { globalRank: 0, localRank: 0 }, true],
    ["no other then", false, { globalRank: 2, localRank: 0 }, false],
  ])("by %s preparing data, for whom all wait", async (_name, prepareDataPerNode, ranks, isPrepared) => {
    const module = Object.assign(new Net(), { prepareDataPerNode });
    const { session, run, calls } = runWith({ module, strategy: { worldSize: 4, ...ranks } });
    await run(setUp(session));
    expect(calls.includes("module prepares")).toBe(isPrepared);
    expect(calls).toContain("barrier: prepareData of Net");
  });
});

describe("a run is torn down", () => {
  it("data first, and with what it failed of", async () => {
    const { session, run, calls } = runWith({ datamodule: new Data() });
    await run(tearDown(session, new Error("as asked")));
    expect(calls).toEqual([
      "data torn down after fit: Error: as asked",
      "teardown(fit, Error) batch 0000 0000, epochStart",
    ]);
    for (const datamodule of [undefined, new BareData()]) {
      const plain = runWith(datamodule === undefined ? {} : { datamodule });
      await plain.run(tearDown(plain.session, undefined));
      expect(plain.calls).toEqual(["teardown(fit, undefined) batch 0000 0000, epochStart"]);
    }
  });
});

describe("teardown hooks that fail", () => {
  const failing = (message: string) => () => {
    throw new Error(message);
  };

  it("keep no other from closing, and all failures are told", async () => {
    const datamodule = Object.assign(new Data(), { teardown: failing("of the data") });
    const one = runWith({ datamodule });
    await expect(one.run(tearDown(one.session, undefined))).rejects.toThrow(/of the data/);
    expect(one.calls).toEqual(["teardown(fit, undefined) batch 0000 0000, epochStart"]);
    const two = runWith({ datamodule, onHook: failing("of a hook") });
    const failure: unknown = await two.run(tearDown(two.session, undefined)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AggregateError);
    expect(String(failure)).toMatch(/Several teardown hooks failed: .*of the data.*; Error: of a hook/);
  });
});

describe("a run that is interrupted while it is set up", () => {
  it("is left before its loggers are opened, unless other ranks have to hear of it", async () => {
    const { session, run, calls, state } = runWith({});
    state.interruption = "SIGINT";
    await expect(run(setUp(session))).rejects.toMatchObject({ reason: "SIGINT" });
    expect(calls).toEqual(["module prepares"]);
    const several = runWith({ strategy: { worldSize: 2 } });
    several.state.interruption = "SIGINT";
    await several.run(setUp(several.session));
    expect(several.calls).toContain("loggers.open");
  });
});

describe("hyperparameters", () => {
  async function sent(ofModule: object, ofData: object | undefined, { isEmpty = false, isWanted = true } = {}) {
    const rows: unknown[] = [];
    const of = (values: object): object => ({ hyperparameterRecord: { forLoggers: () => values } });
    const calls: string[] = [];
    const loggers = noting(calls, "loggers", { isEmpty, logHyperparams: (values: object) => void rows.push(values) });
    const { session, run } = sessionUnderTest({
      module: Object(of(ofModule)),
      plan: { enableAutologHparams: isWanted },
      parts: { datamodule: ofData === undefined ? undefined : of(ofData), logging: { loggers } },
    });
    await run(logHyperparameters(session));
    return [...rows, ...calls];
  }

  it("of module and data module are sent together, and loggers write them", async () => {
    expect(await sent({ lr: 1 }, undefined)).toEqual([{ lr: 1 }, "loggers.save"]);
    expect(await sent({ lr: 1, sizes: [2] }, { batch: 8, sizes: [2] })).toEqual([
      { lr: 1, sizes: [2], batch: 8 },
      "loggers.save",
    ]);
    expect(await sent({}, {})).toEqual(["loggers.save"]);
  });

  it("are not sent where nobody wants them", async () => {
    expect(await sent({ lr: 1 }, undefined, { isEmpty: true })).toEqual([]);
    expect(await sent({ lr: 1 }, undefined, { isWanted: false })).toEqual([]);
  });

  it("on which the two disagree are refused", async () => {
    const failure: unknown = await sent({ lr: 1, a: 1, b: 2 }, { a: 2, b: 3, own: 4 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "LIT_HPARAMS_DISAGREE" });
    expect(String(failure)).toContain("The module and the data module saved different values for a, b.");
    expect(String(failure)).toContain("other names in one of the two, or saveHyperparameters(…, { logger: false }).");
  });
});
