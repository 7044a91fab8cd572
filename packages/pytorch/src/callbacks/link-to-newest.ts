import { makeFolder, temporaryPath } from "@lightning-ts/fabric";
import type { Trainer } from "../contract/trainer.js";
import { asSaveError } from "./as-save-error.js";
import { replaceByLink } from "./checkpoint-links.js";

/**
 * Makes `path` a link to the newest file.
 * @returns false, and warns, where the file system has no links
 */
export async function linkToNewest(trainer: Trainer, newest: string, path: string): Promise<boolean> {
  const { files } = trainer.ports;
  const temporary = temporaryPath(files, path, trainer.runId);
  // Removing waits for files that are still written in the background.
  await asSaveError(path, () => trainer.removeCheckpoint(temporary));
  try {
    await makeFolder(files, files.dirname(path));
    await replaceByLink(files, newest, { path, temporary });
    return true;
  } catch (error) {
    trainer.warn(`link ${path}`, `ModelCheckpoint: ${path} is a copy, because no link can be made: ${String(error)}`);
    return false;
  }
}
