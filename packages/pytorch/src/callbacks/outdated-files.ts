import { isFileError } from "@lightning-ts/fabric";
import type { Trainer } from "../contract/trainer.js";
import { isInFolder } from "./checkpoint-links.js";

/**
 * Files that go as soon as what replaces them is written: a run that is killed in between removes them later. One that
 * cannot be removed is said, and tried again after the next save.
 */
export class OutdatedFiles {
  #paths: Set<string>;

  constructor(paths: Iterable<string> = []) {
    this.#paths = new Set(paths);
  }

  get paths(): string[] {
    return [...this.#paths];
  }

  add(path: string): void {
    this.#paths.add(path);
  }

  /** A file is wanted after all. */
  keep(path: string): void {
    this.#paths.delete(path);
  }

  clear(): void {
    this.#paths.clear();
  }

  /** @throws CheckpointWriteError of an earlier save in the background: then nothing is removed for it */
  async removeFrom(trainer: Trainer, dirpath: string | undefined): Promise<void> {
    for (const path of this.paths) await this.remove(trainer, dirpath, path);
  }

  async remove(trainer: Trainer, dirpath: string | undefined, path: string): Promise<void> {
    this.#paths.add(path);
    if (await removeOwn(trainer, dirpath, path)) this.#paths.delete(path);
  }
}

/**
 * Removes a file of a callback: never one outside its folder, nor the one that the run was resumed from.
 * @returns false where the operating system refuses
 */
async function removeOwn(trainer: Trainer, dirpath: string | undefined, path: string): Promise<boolean> {
  if (dirpath === undefined || path === trainer.ckptPath) return true;
  if (!isInFolder(trainer.ports.files, path, dirpath)) return true;
  try {
    await trainer.removeCheckpoint(path);
    return true;
  } catch (error) {
    if (!isFileError(error)) throw error;
    trainer.warn(
      `remove ${path}`,
      `The checkpoint ${path}, which a newer one has replaced, could not be removed: ${error.message}. It is tried again after the next save.`,
    );
    return false;
  }
}
