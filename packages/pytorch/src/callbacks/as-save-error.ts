import { CheckpointWriteError, isFileError } from "@lightning-ts/fabric";

/**
 * Does a part of saving. What the operating system refuses is an error that names the checkpoint, or its folder.
 * @throws CheckpointWriteError
 */
export async function asSaveError<TResult>(path: string, work: () => TResult | Promise<TResult>): Promise<TResult> {
  try {
    return await work();
  } catch (error) {
    throw isFileError(error) ? new CheckpointWriteError(path, error) : error;
  }
}
