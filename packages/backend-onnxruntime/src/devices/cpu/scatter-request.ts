import type { ScatterProgram } from "../../contract/scatter-program.js";
import { scatterRows } from "../../programs/scatter-plan.js";
import { MOST_UNITS, SCATTER, SCATTER_HEAD_FIELDS } from "../../session/executor-layout.js";
import type { Pointer } from "../../session/ort-api.js";

/** Bytes that a request takes, with the room that the executor thread needs to sort the updates. */
export function scatterRequestBytes({ task, plan }: ScatterProgram): number {
  const { count, width, extents } = task;
  const rows = scatterRows(task);
  const sums = plan.parts > 1 ? plan.parts * rows * width : 0;
  const sorting = plan.isStreamed ? 0 : count + rows + 2;
  return 8 * (SCATTER_HEAD_FIELDS + extents.length + sums) + 4 * (MOST_UNITS * 4 + count + sorting);
}

export interface ScatterAddresses {
  readonly updates: Pointer;
  readonly indices: Pointer;
  readonly table: Pointer;
}

/** Writes what the executor thread reads. */
export function writeScatterRequest(
  target: ArrayBuffer,
  programId: number,
  { task, plan }: ScatterProgram,
  addresses: ScatterAddresses,
): void {
  const { count, width, extents, outside, skippedRow } = task;
  const fields = new BigInt64Array(target, 0, SCATTER_HEAD_FIELDS + extents.length);
  fields[SCATTER.program] = BigInt(programId);
  fields[SCATTER.status] = 0n;
  fields[SCATTER.units] = 0n;
  fields[SCATTER.isStreamed] = plan.isStreamed ? 1n : 0n;
  fields[SCATTER.parts] = BigInt(plan.parts);
  fields[SCATTER.count] = BigInt(count);
  fields[SCATTER.width] = BigInt(width);
  fields[SCATTER.rows] = BigInt(scatterRows(task));
  fields[SCATTER.skippedRow] = BigInt(skippedRow);
  fields[SCATTER.skipsOutside] = outside === "skipped" ? 1n : 0n;
  fields[SCATTER.updates] = addresses.updates;
  fields[SCATTER.indices] = addresses.indices;
  fields[SCATTER.table] = addresses.table;
  fields[SCATTER.depth] = BigInt(extents.length);
  fields.set(extents.map(BigInt), SCATTER_HEAD_FIELDS);
}

/**
 * After the run: what is wrong with an index, which has then taken the place of the extents; `undefined` if all are in
 * the table.
 */
export function badIndexOf(request: ArrayBuffer, { task }: ScatterProgram): string | undefined {
  const fields = new BigInt64Array(request, 0, SCATTER_HEAD_FIELDS + task.extents.length);
  const position = Number(fields[SCATTER.status] ?? 0n) - 1;
  if (position < 0) return undefined;
  const index = [...fields.subarray(SCATTER_HEAD_FIELDS)];
  return `the index ${index.join(", ")} of update ${position} is not in [${task.extents.map((extent) => `0 to ${extent - 1}`).join(", ")}]`;
}
