import type { MemoryFiles } from "@lightning-ts/testing";
import * as L from "lightning-ts";
import { beforeAll, describe, expect, it } from "vitest";
import { IS_FULL, TIMEOUT_MS } from "../runs/options.js";
import {
  filesWithCheckpoint,
  openRun,
  replaceHooks,
  STAGES,
  type Hook,
  type Run,
  type Scenario,
} from "./hooked-run.js";
import { hooksOf, OWNERS, type Owner } from "./hooks-of-contract.js";

const WAYS = ["throws", "rejects"] as const;
/** A failure of these comes after another one. */
const AFTER_A_FAILURE = "onException";
const SCENARIOS = STAGES.flatMap((stage) => [
  { stage, data: "datamodule" } as const,
  { stage, data: "module" } as const,
]);

let first: MemoryFiles;
/** In which runs each hook is called; of the two sources of data, the second only counts for what the first has not. */
const calledIn = new Map<string, Scenario[]>();
let expectedLosses: readonly number[];

const nameOf = ({ owner, name }: Hook) => `${owner}.${name}`;

beforeAll(async () => {
  first = await filesWithCheckpoint();
  for (const scenario of SCENARIOS) {
    const run = openRun(scenario, first.copy());
    replaceHooks(run, (hook, original) => (...args) => {
      const known = calledIn.get(nameOf(hook)) ?? [];
      if (!known.some(({ stage }) => stage === scenario.stage)) calledIn.set(nameOf(hook), [...known, scenario]);
      return original(...args);
    });
    await end(run);
    if (scenario === SCENARIOS[0]) expectedLosses = run.model.losses;
  }
});

/** What a run came to; the tensors that it returned are freed. */
async function end(run: Run): Promise<unknown> {
  try {
    const result = await run.start();
    if (run.scenario.stage === "predict") L.tf.dispose(result as L.tf.Tensor[]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    run.model.dispose();
    run.trainer.dispose();
  }
}

interface Failing extends Hook {
  readonly way: (typeof WAYS)[number];
}

/** Runs with a hook that fails. @returns whose `teardown` was called, beside what the run came to */
async function failIn(run: Run, { owner, name, way }: Failing) {
  const tornDown: Owner[] = [];
  let calls = 0;
  replaceHooks(run, (hook, original) => (...args) => {
    if (hook.owner === owner && hook.name === name) {
      calls += 1;
      const error = new Error("no more of this");
      if (way === "throws") throw error;
      return Promise.reject(error);
    }
    if (hook.name === "teardown") tornDown.push(hook.owner);
    if (name === AFTER_A_FAILURE && /^(training|validation|test|predict)Step$/.test(hook.name))
      throw new Error("bad step");
    return original(...args);
  });
  return { error: await end(run), tornDown, calls };
}

function hookErrors(error: unknown): L.HookError[] {
  const all: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return all.filter((one) => one instanceof L.HookError);
}

function scenariosOf(hook: Hook): readonly Scenario[] {
  if (hook.name === AFTER_A_FAILURE) return SCENARIOS.filter(({ data }) => data === "datamodule");
  return calledIn.get(nameOf(hook)) ?? [];
}

describe("a hook of the contract", () => {
  it("is called by a run of these tests, or told apart as what users call", () => {
    const hooks = OWNERS.flatMap((owner) => hooksOf(owner).map((name) => ({ owner, name })));
    const missed = hooks.filter((hook) => !calledIn.has(nameOf(hook)) && hook.name !== AFTER_A_FAILURE);
    expect(missed.map(nameOf)).toEqual([]);
    expect(hooks.length).toBeGreaterThan(110);
  });

  it.each(OWNERS.filter((owner) => owner !== "logger"))(
    "that fails is named with its object, and the rest is torn down: %s",
    { timeout: TIMEOUT_MS },
    async (owner) => {
      let runs = 0;
      for (const name of hooksOf(owner))
        for (const scenario of scenariosOf({ owner, name })) {
          for (const way of WAYS) {
            await requireNamed({ owner, name, way }, scenario);
            runs += 1;
          }
          await requireFitAsBefore(`after ${owner}.${name} in ${scenario.stage}`);
        }
      if (IS_FULL) console.log(`${runs} runs with a failing hook of a ${owner}: all named it, nothing leaked`);
    },
  );

  it("of a logger that fails ends no run, and is said", { timeout: TIMEOUT_MS }, async () => {
    for (const name of hooksOf("logger"))
      for (const scenario of calledIn.get(`logger.${name}`) ?? [])
        for (const way of WAYS) {
          const before = L.tf.memory().numTensors;
          const run = openRun(scenario, first.copy());
          const why = `logger.${name} ${way} in ${scenario.stage}`;
          expect((await failIn(run, { owner: "logger", name, way })).error, why).toBeUndefined();
          const said = run.terminal.warnings.filter((line) => line.includes("The logger CSVLogger"));
          expect(said[0], why).toMatch(new RegExp(`failed in ${name}: no more of this`));
          expect(L.tf.memory().numTensors, why).toBe(before);
        }
  });
});

async function requireNamed(failing: Failing, scenario: Scenario): Promise<void> {
  const { owner, name, way } = failing;
  const why = `${nameOf(failing)} ${way} in ${scenario.stage} with data of the ${scenario.data}`;
  const before = L.tf.memory().numTensors;
  const run = openRun(scenario, first.copy());
  const { error, tornDown, calls } = await failIn(run, failing);
  expect(calls, why).toBeGreaterThan(0);
  const hook = `${run.objects[owner].constructor.name}.${name}`;
  const named = hookErrors(error).find((one) => one.hook === hook);
  expect(named?.message, `${why}: ${String(error)}`).toContain(`${hook} failed at `);
  expect(named?.cause, why).toEqual(new Error("no more of this"));
  if (name === AFTER_A_FAILURE) expect(hookErrors(error)[0]?.message, why).toContain("bad step");
  const others = (["module", "callback", ...(scenario.data === "datamodule" ? ["datamodule"] : [])] as Owner[]).filter(
    (other) => name !== "teardown" || other !== owner,
  );
  // Callbacks that a module brings come before anything is set up.
  if (name !== "configureCallbacks") expect([...tornDown].sort(), why).toEqual([...others].sort());
  expect(run.trainer.status, why).toBe("interrupted");
  expect(run.model.losses.every(Number.isFinite), why).toBe(true);
  expect(run.signals.handlerCount("SIGINT") + run.signals.handlerCount("SIGTERM"), why).toBe(0);
  expect(run.processes.rejectionHandlers.size, why).toBe(0);
  expect(L.tf.memory().numTensors, why).toBe(before);
}

/** A run with a hook that failed has left nothing behind that another one meets. */
async function requireFitAsBefore(why: string): Promise<void> {
  const later = openRun({ stage: "fit", data: "datamodule" }, first.copy());
  expect(await end(later), why).toBeUndefined();
  expect(later.model.losses, why).toEqual(expectedLosses);
}
