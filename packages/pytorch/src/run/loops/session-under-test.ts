import { classNameOf } from "@lightning-ts/core";
import { Messages } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import type { LightningModule } from "../../contract/lightning-module.js";
import { StageData } from "../../data/stage-data.js";
import { Door } from "../../door/door.js";
import { Driver } from "../../door/driver.js";
import { wait, type Steps } from "../../door/steps.js";
import { ResultCollection } from "../../results/result-collection.js";
import type { FitSession } from "../session/fit-session.js";
import { FitState } from "../state/fit-state.js";

export interface SessionOptions {
  readonly module: LightningModule;
  readonly stage?: string;
  /** In the place of what the session has. */
  readonly parts?: object;
  readonly plan?: object;
  readonly strategy?: object;
  readonly maxSteps?: number;
  readonly maxEpochs?: number;
  readonly window?: number;
  /** Called in each hook. @returns what the hook gives */
  readonly onHook?: (name: string, args: readonly unknown[]) => unknown;
}

/** A session of plain parts, and what a loop did with them. */
export interface SessionUnderTest {
  readonly session: FitSession;
  readonly state: FitState;
  /** Everything that the loop called, in order. */
  readonly calls: string[];
  readonly terminal: FakeTerminal;
  run<TResult>(steps: Steps<TResult>): Promise<TResult>;
}

/** An object that notes each call of whatever method it does not have. */
export function noting(calls: string[], label: string, own: object = {}): object {
  return new Proxy(own, {
    get: (target, name) =>
      typeof name === "symbol" || name in target
        ? Reflect.get(target, name)
        : (...args: readonly unknown[]) =>
            void calls.push(`${label}.${name}${args.length === 0 ? "" : `(${args.map(shown).join(", ")})`}`),
  });
}

/** Batches of one loader or of several. */
export function dataUnderTest(loaders: unknown, options: object = {}): StageData {
  const all = { kind: "fraction", fraction: 1 };
  const common = { limit: all, limitOption: "limitTrainBatches", origin: "the test", warn: () => undefined };
  return new StageData(loaders, Object({ ...common, isTraining: true, keepsOrder: false, ...options }));
}

/** A loader of these batches. */
export function loaderOf(...batches: readonly unknown[]): object {
  return { length: batches.length, [Symbol.iterator]: () => batches[Symbol.iterator]() };
}

/** A rank of two, which agree on whatever this one wishes: so that what is asked of others is seen. */
function strategyUnderTest(calls: string[]): object {
  return noting(calls, "strategy", {
    worldSize: 2,
    gradientsReady: () => undefined,
    agree: async ({ name, wish }: { readonly name: string; readonly wish: boolean }) => {
      calls.push(`agree: ${name}`);
      return wish;
    },
    reduce: async (value: unknown, op: string, name: string) => {
      calls.push(`${op}: ${name}`);
      return value;
    },
    noBackwardSync: (_module: unknown, body: () => unknown) => {
      calls.push("without sync");
      return body();
    },
  });
}

export function sessionUnderTest(options: SessionOptions): SessionUnderTest {
  const { module, stage = "fit", maxSteps = -1, maxEpochs, window = 1 } = options;
  const calls: string[] = [];
  const driver = new Driver();
  const terminal = new FakeTerminal();
  const messages = new Messages(terminal);
  const state = new FitState({ accumulateGradBatches: window, maxSteps, maxEpochs });
  const session: FitSession = Object({
    stage,
    module,
    state,
    driver,
    messages,
    warnings: messages,
    door: new Door({ driver, position: () => "the test" }),
    connection: { strategy: { ...strategyUnderTest(calls), ...options.strategy }, environment: {} },
    plan: { logEveryNSteps: 0, logEveryNEvalSteps: 0, minEpochs: 0, minSteps: 0, fastDevRun: 0, ...options.plan },
    backend: noting(calls, "backend"),
    breath: noting(calls, "breath"),
    numbers: noting(calls, "numbers"),
    optimizers: { optimizers: [], schedulers: [], warnings: [] },
    schedulers: schedulersUnderTest(calls),
    transfer: { move: (batch: unknown) => wait(typeof batch === "string" ? `${batch}'` : batch) },
    logging: loggingUnderTest(calls),
    trainer: { callbacks: [] },
    hooks: hooksUnderTest(calls, state, options),
    ...options.parts,
  });
  return { session, state, calls, terminal, run: async (steps) => driver.run(steps) };
}

/** Hooks that note where training stands. `onHook` may throw, which `runAll` collects. */
function hooksUnderTest(calls: string[], state: FitState, { stage = "fit", onHook }: SessionOptions): object {
  const call = (name: string, args: readonly unknown[]): unknown => {
    calls.push(`${name}(${args.map(shown).join(", ")}) ${standing(state, stage)}`);
    return onHook?.(name, args);
  };
  return {
    run: (name: string, ...args: readonly unknown[]) => wait(call(name, args)),
    runAll: (name: string, ...args: readonly unknown[]) => {
      try {
        call(name, args);
        return wait([]);
      } catch (error) {
        return wait([error]);
      }
    },
  };
}

function loggingUnderTest(calls: string[]): object {
  const connector: { dataloaderIdx: number | undefined; results: ResultCollection | undefined } = {
    dataloaderIdx: undefined,
    results: undefined,
  };
  return noting(calls, "logging", {
    connector,
    training: new ResultCollection({ isTraining: true }),
    published: noting(calls, "published"),
    loggers: noting(calls, "loggers", { isEmpty: true }),
    beginBatch: (batch: unknown, dataloaderIdx: number | undefined) => {
      calls.push(`logging.beginBatch(${String(batch)}, ${dataloaderIdx})`);
      connector.dataloaderIdx = dataloaderIdx;
    },
    beginEvaluation: () => {
      connector.dataloaderIdx = undefined;
      connector.results = new ResultCollection({ isTraining: false });
      return connector.results;
    },
  });
}

function schedulersUnderTest(calls: string[]): object {
  return {
    afterBatch: (batchIdx: number, isWindowClosed: boolean, { plateau }: { readonly plateau: boolean }) =>
      wait(void calls.push(`schedulers after batch ${batchIdx} ${isWindowClosed} ${plateau}`)),
    afterEpoch: ({ plateau }: { readonly plateau: boolean }) =>
      wait(void calls.push(`schedulers after epoch ${plateau}`)),
  };
}

function shown(value: unknown): string {
  if (value === undefined || value === null || typeof value !== "object") return String(value);
  return classNameOf(value) === "Object" ? `{ ${Object.keys(value).join(", ")} }` : classNameOf(value);
}

/** How many batches have come to each of the four points of the loop that runs: all, and of this epoch. */
function standing({ progress, runningStage, cursor }: FitState, stage: string): string {
  const isTraining = stage === "fit" && (runningStage === "train" || runningStage === undefined);
  const name = isTraining ? "batch" : stage === "fit" ? "fitValidate" : stage;
  const { total, current }: FitState["progress"]["batch"] = Reflect.get(progress, name);
  const of = (counts: typeof total) => [counts.ready, counts.started, counts.processed, counts.completed].join("");
  return `${name} ${of(total)} ${of(current)}, ${cursor.phase}`;
}
