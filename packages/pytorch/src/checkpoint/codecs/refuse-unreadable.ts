import { describeValue } from "@lightning-ts/core";
import { CheckpointFormatError, type LoadedValue } from "@lightning-ts/fabric";
import type { CheckpointFile } from "../participant.js";

/**
 * Refuses a value that is there and cannot be read. One that is not there belongs to a run that had nothing to keep, or
 * to a file of another tool.
 * @throws CheckpointFormatError
 */
export function refuseUnreadable(
  value: LoadedValue | undefined,
  field: string,
  { path }: Pick<CheckpointFile, "path">,
): void {
  if (value === undefined) return;
  throw new CheckpointFormatError(
    path,
    `${field} cannot be read. Expected a state as a run writes it. Received ${describeValue(value)}.`,
  );
}
