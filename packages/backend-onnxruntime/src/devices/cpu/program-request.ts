import type { ProgramRequest } from "../../contract/elementwise-program.js";
import { REQUEST, REQUEST_HEAD_FIELDS } from "../../session/executor-layout.js";
import type { NativeBuffer } from "../../session/native-buffer.js";

/** Bytes that a request takes in the form in which the executor thread reads it. */
export function programRequestBytes({ scalars, elementCounts, inputs, outputs }: ProgramRequest): number {
  return 8 * (REQUEST_HEAD_FIELDS + scalars.length + elementCounts.length + inputs.length + outputs.length);
}

/** Sizes of `count` lists of a program's arrays from list `first` on, list by list. */
export function arraySizes(
  { program, elementCounts }: ProgramRequest,
  first: number,
  count: number,
): { readonly sizeBytes: number }[] {
  const sizes: { sizeBytes: number }[] = [];
  for (let list = first; list < first + count; list++)
    for (const elements of elementCounts) sizes.push({ sizeBytes: 4 * elements * (program.lengths?.[list] ?? 1) });
  return sizes;
}

/** Writes head, scalars (float64), element counts and addresses, eight bytes each. */
export function writeProgramRequest(
  target: ArrayBuffer,
  programId: number,
  request: ProgramRequest,
  buffers: readonly NativeBuffer[],
): void {
  const { scalars, elementCounts } = request;
  const fields = new BigInt64Array(target);
  fields[REQUEST.program] = BigInt(programId);
  fields[REQUEST.tensors] = BigInt(elementCounts.length);
  fields[REQUEST.scalars] = BigInt(scalars.length);
  new Float64Array(target, REQUEST_HEAD_FIELDS * 8, scalars.length).set(scalars);
  let position = REQUEST_HEAD_FIELDS + scalars.length;
  for (const count of elementCounts) fields[position++] = BigInt(count);
  for (const buffer of buffers) fields[position++] = buffer.values.address;
}
