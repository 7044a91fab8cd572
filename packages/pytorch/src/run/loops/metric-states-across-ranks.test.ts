import { resolveBackend, tf, type HostValue, type MetricReduction, type MetricStateInput } from "@lightning-ts/core";
import { InProcessCollectives, StrategyOfRank } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { Door } from "../../door/door.js";
import { Driver } from "../../door/driver.js";
import type { ResultObject } from "../../results/result-object.js";
import type { Session } from "../session/session.js";
import { stateOfAllRanks } from "./metric-states-across-ranks.js";

beforeAll(() => resolveBackend("cpu"));

type Values = Readonly<Record<string, tf.Tensor | undefined>>;

/** Notes what it gathers, and how long that is. */
class GatheringStrategy extends StrategyOfRank {
  readonly gathers: string[] = [];
  override async allGather<TValue>(value: TValue, name: string): Promise<TValue>;
  override async allGather(value: unknown, name: string): Promise<unknown> {
    this.gathers.push(`${name}: ${Array.isArray(value) ? value.length : "no list"}`);
    return super.allGather(value, name);
  }
}

/** What each rank finds that all have collected. */
async function together(
  ofRanks: readonly Values[],
  reductions: Readonly<Record<string, MetricReduction>>,
): Promise<{
  readonly states: readonly MetricStateInput[];
  readonly calls: readonly string[];
  readonly gathers: readonly string[];
}> {
  const { ranks } = new InProcessCollectives(ofRanks.length, { timeoutMs: 50 });
  const strategies = ranks.map((collective) => new GatheringStrategy(collective));
  const states = await Promise.all(
    strategies.map(async (strategy, rank) => {
      const driver = new Driver();
      const door = new Door({ driver, position: () => "the test" });
      const state = { describePosition: () => "batch 3" };
      const session: Session = Object({ connection: { strategy }, door, state });
      const metric = {
        reductions: new Map(Object.entries(reductions)),
        state: () => ({ version: 1, updateCount: rank + 2, values: ofRanks[rank] }),
      };
      const result: ResultObject = Object({ metric, name: "acc" });
      return driver.run(stateOfAllRanks(session, result));
    }),
  );
  // Real ranks exchange only what is called the same and is as long on all of them.
  for (const { gathers } of strategies) expect(gathers).toEqual(strategies[0]?.gathers);
  return { states, calls: strategies[0]?.calls ?? [], gathers: strategies[0]?.gathers ?? [] };
}

/** A state's shape and numbers, and whether they are whole ones. */
function host(state: MetricStateInput | undefined, name: string) {
  const value = state?.values[name];
  if (value === undefined || value instanceof tf.Tensor) return undefined;
  const { shape, values }: HostValue = value;
  return { shape: [...shape], values: Array.from(values), isInt: values instanceof Int32Array };
}

describe("what all ranks have collected in a metric", () => {
  it("is reduced state by state, and updates are counted together", async () => {
    const { states, calls } = await together(
      [
        { sum: tf.tensor([[1, 2]]), most: tf.scalar(3), unused: undefined },
        { sum: tf.tensor([[10, 20]]), most: tf.scalar(2), unused: undefined },
      ],
      { sum: "sum", most: "max", unused: "sum" },
    );
    for (const state of states) {
      expect(state).toMatchObject({ version: 1, updateCount: 5 });
      expect(Object.keys(state.values)).toEqual(["sum", "most"]);
      expect(host(state, "sum")).toEqual({ shape: [1, 2], values: [11, 22], isInt: false });
      expect(host(state, "most")).toEqual({ shape: [], values: [3], isInt: false });
    }
    expect(calls).toEqual([
      "reduce updates of metric acc at batch 3",
      "reduce sum of metric acc at batch 3",
      "reduce most of metric acc at batch 3",
    ]);
  });

  it("is merged by the metric's own function, where it has one", async () => {
    const merge = (states: tf.Tensor) => tf.sub(tf.max(states, 0), tf.min(states, 0));
    const before = tf.memory().numTensors;
    const { states } = await together([{ range: tf.tensor([[1, 7]]) }, { range: tf.tensor([[4, 2]]) }], {
      range: merge,
    });
    for (const state of states) expect(host(state, "range")).toEqual({ shape: [1, 2], values: [3, 5], isInt: false });
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  it("holds the rows of all ranks in their order, however many each has", async () => {
    const { states, gathers } = await together(
      [
        {
          rows: tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
        },
        { rows: tf.tensor2d([[5, 6]]) },
      ],
      { rows: "cat" },
    );
    for (const state of states)
      expect(host(state, "rows")).toEqual({ shape: [3, 2], values: [1, 2, 3, 4, 5, 6], isInt: false });
    expect(gathers).toEqual(["sizes of rows of metric acc at batch 3: 3", "rows of metric acc at batch 3: 4"]);
  });

  it("holds the rows of one rank where others have none, which learn their shape and kind", async () => {
    const rows = tf.tensor2d([[7, 8, 9]], [1, 3], "int32");
    for (const order of [
      [{ rows: undefined }, { rows }],
      [{ rows }, { rows: undefined }],
    ]) {
      const { states, calls } = await together(order, { rows: "cat" });
      for (const state of states)
        expect(host(state, "rows")).toEqual({ shape: [1, 3], values: [7, 8, 9], isInt: true });
      expect(calls.slice(1)).toEqual([
        "reduce dimensions of rows of metric acc at batch 3",
        "reduce shape of rows of metric acc at batch 3",
      ]);
    }
  });

  it("holds no rows where no rank has any", async () => {
    const { states, calls } = await together([{ rows: undefined }, { rows: tf.zeros([0, 2]) }], { rows: "cat" });
    expect(states.map((state) => Object.keys(state.values))).toEqual([[], []]);
    expect(calls).toHaveLength(1);
  });
});
