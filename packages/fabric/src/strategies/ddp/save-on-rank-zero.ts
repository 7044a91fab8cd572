import { CheckpointWriteError } from "../../checkpoint/checkpoint-errors.js";

interface SaveRequest {
  readonly path: string;
  readonly isRankZero: boolean;
  readonly save: () => Promise<void>;
  readonly broadcast: <TValue>(value: TValue, source: number, name: string) => Promise<TValue>;
}

/**
 * Rank 0 writes, and the others wait to hear how it went: a failure is one of all ranks.
 * @throws CheckpointWriteError on the other ranks; what `save` threw on rank 0
 */
export async function saveOnRankZero({ path, isRankZero, save, broadcast }: SaveRequest): Promise<void> {
  let failure: unknown;
  let message = "";
  if (isRankZero) {
    try {
      await save();
    } catch (error) {
      failure = error;
      message = error instanceof Error ? error.message : String(error);
    }
  }
  const said = await broadcast({ message }, 0, `saved ${path}`);
  if (said.message === "") return;
  throw isRankZero ? failure : new CheckpointWriteError(path, new Error(`Rank 0 could not: ${said.message}`));
}
