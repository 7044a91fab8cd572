import {
  keep,
  noGrad,
  tf,
  type HostValue,
  type MetricMerge,
  type MetricReduction,
  type MetricState,
  type MetricStateInput,
} from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { wait, type Steps } from "../../door/steps.js";
import type { ResultObject } from "../../results/result-object.js";
import type { Session } from "../session/session.js";

/** What all ranks have collected together, each state by its own reduction. Reads the device. */
export function* stateOfAllRanks(session: Session, { metric, name }: ResultObject): Steps<MetricStateInput> {
  const { strategy } = session.connection;
  const own: MetricState = yield* session.door.call(metric, "state");
  const where = `metric ${name} at ${session.state.describePosition()}`;
  const updateCount = yield* wait(strategy.reduce(own.updateCount, "sum", `updates of ${where}`));
  const values: Record<string, HostValue> = {};
  for (const [state, reduction] of metric.reductions) {
    const value = yield* valueOfAllRanks(session, own.values[state], reduction, `${state} of ${where}`);
    if (value !== undefined) values[state] = value;
  }
  return { version: 1, updateCount, values };
}

function* valueOfAllRanks(
  session: Session,
  own: Tensor | undefined,
  reduction: MetricReduction,
  label: string,
): Steps<HostValue | undefined> {
  if (reduction === "cat") return yield* rowsOfAllRanks(session, own, label);
  if (own === undefined) return undefined;
  if (typeof reduction === "function") return yield* mergedOfAllRanks(session, own, reduction, label);
  const numbers = yield* readNumbers(own);
  const values = yield* wait(session.connection.strategy.reduce(numbers, reduction, label));
  return { shape: own.shape, values };
}

/** One state of those of all ranks, by the metric's own function. */
function* mergedOfAllRanks(session: Session, own: Tensor, merge: MetricMerge, label: string): Steps<HostValue> {
  const numbers = yield* readNumbers(own);
  const ranks = matrixOf(yield* wait(session.connection.strategy.allGather(numbers, label)));
  const merged = noGrad(() => tf.tidy(() => keep(merge(tf.tensor(ranks.flat(), [ranks.length, ...own.shape])))));
  const values = yield* readNumbers(merged);
  merged.dispose();
  return { shape: own.shape, values };
}

/** Rows of all ranks, in the order of the ranks. One may have none, or more than others. */
function* rowsOfAllRanks(session: Session, own: Tensor | undefined, label: string): Steps<HostValue | undefined> {
  const { strategy } = session.connection;
  const rows = own?.shape[0] ?? 0;
  const numbers = own === undefined ? [] : yield* readNumbers(own);
  const counts = matrixOf(
    yield* wait(strategy.allGather([numbers.length, rows, own?.dtype === "int32" ? 1 : 0], `sizes of ${label}`)),
  );
  const most = Math.max(...counts.map(([size = 0]) => size));
  if (most === 0) return undefined;
  const padded = [...numbers, ...Array.from({ length: most - numbers.length }, () => 0)];
  const gathered = matrixOf(yield* wait(strategy.allGather(padded, label)));
  const shape = yield* shapeOfRows(session, own, label);
  const values = gathered.flatMap((values, rank) => values.slice(0, counts[rank]?.[0]));
  const isInt = counts.some(([, , isIntThere]) => isIntThere === 1);
  return {
    shape: [counts.reduce((sum, [, rowsThere = 0]) => sum + rowsThere, 0), ...shape],
    values: isInt ? Int32Array.from(values) : values,
  };
}

/** The shape of one row, which a rank without rows learns from the others. */
function* shapeOfRows(session: Session, own: Tensor | undefined, label: string): Steps<number[]> {
  const { strategy } = session.connection;
  const mine = own?.shape.slice(1) ?? [];
  const rank = yield* wait(strategy.reduce(mine.length, "max", `dimensions of ${label}`));
  const known = Array.from({ length: rank }, (_, index) => mine[index] ?? 0);
  return yield* wait(strategy.reduce(known, "max", `shape of ${label}`));
}

function* readNumbers(tensor: Tensor): Steps<number[]> {
  return Array.from(yield* wait(tensor.data()), Number);
}

/** What `allGather` gives for a list of numbers on each rank. */
function matrixOf(gathered: unknown): number[][] {
  return (Array.isArray(gathered) ? gathered : []).map((one: unknown) => (Array.isArray(one) ? one.map(Number) : []));
}
