import { makeFolder } from "@lightning-ts/fabric";
import type { Trainer } from "../contract/trainer.js";
import { asSaveError } from "./as-save-error.js";
import { tolerateSaveErrors } from "./tolerate-save-errors.js";

const NAME = "checkpoints";

/** Folders that Trainers without a logger have made for themselves. */
const taken = new WeakMap<Trainer, Promise<string>>();

/** Where checkpoints go: the given folder, else beside the first logger's files, else below `defaultRootDir`. */
export function checkpointFolder(trainer: Trainer, given: string | undefined): string {
  const { files } = trainer.ports;
  if (given !== undefined)
    return given.startsWith("~") ? files.join(files.homeDirectory(), given.slice(1)) : files.resolve(given);
  const folder = trainer.logger?.logDir;
  return files.join(folder ?? trainer.defaultRootDir, NAME);
}

/**
 * `checkpointFolder` for a run that will write. Without a logger, whose folder is the run's own, a run makes a folder
 * of its own: `checkpoints`, `checkpoints-v1`, … A run that is resumed keeps the one that it has. Rank 0 decides.
 * @returns undefined where it cannot be made yet, which is said, and the run goes on all the same
 * @throws CheckpointWriteError where the run ends because of that
 */
export async function takeCheckpointFolder(trainer: Trainer, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) return checkpointFolder(trainer, given);
  let folder = "";
  const choose = async () => void (folder = await chooseFolder(trainer));
  if (trainer.isGlobalZero) await tolerateSaveErrors(trainer, choose)();
  if (trainer.worldSize > 1) ({ folder } = await trainer.strategy.broadcast({ folder }, 0, "folder of checkpoints"));
  return folder === "" ? undefined : folder;
}

/** The folder for a run that will write, on rank 0. @throws CheckpointWriteError */
export async function chooseFolder(trainer: Trainer): Promise<string> {
  if (trainer.logger?.logDir !== undefined) return checkpointFolder(trainer, undefined);
  const known = taken.get(trainer) ?? asSaveError(checkpointFolder(trainer, undefined), () => ownFolder(trainer));
  taken.set(trainer, known);
  // What cannot be made now may be made when it is asked for again.
  known.catch(() => taken.delete(trainer));
  return known;
}

/** Says that a folder is in use already. One that cannot be looked into is looked at again when something is saved. */
export async function warnOfUsedFolder(trainer: Trainer, folder: string): Promise<void> {
  const { files } = trainer.ports;
  try {
    if ((await files.stat(folder))?.isDirectory !== true || (await files.list(folder)).length === 0) return;
    trainer.warn(`folder ${folder}`, `ModelCheckpoint: the folder ${folder} exists and is not empty.`);
  } catch (error) {
    trainer.warn(`folder ${folder}`, `ModelCheckpoint: the folder ${folder} cannot be looked into: ${String(error)}`);
  }
}

async function ownFolder(trainer: Trainer): Promise<string> {
  const { ckptPath, defaultRootDir, ports } = trainer;
  const { files } = ports;
  const first = files.join(files.resolve(defaultRootDir), NAME);
  if (ckptPath !== undefined) {
    const existing = await existingFolders(trainer, files.dirname(first));
    const isNewest = ckptPath === "last" || ckptPath === "best";
    const resumed = files.dirname(files.resolve(ckptPath));
    const known = isNewest ? existing.at(-1) : existing.find((folder) => folder === resumed);
    if (known !== undefined) return known;
  }
  await makeFolder(files, files.dirname(first));
  for (let version = 0; ; version += 1) {
    const folder = version === 0 ? first : `${first}-v${version}`;
    if (!(await files.createDirectory(folder))) continue;
    await files.flushDirectory(files.dirname(folder));
    return folder;
  }
}

/** Folders of runs without a logger, in the order of their versions. */
async function existingFolders({ ports: { files } }: Trainer, root: string): Promise<string[]> {
  if ((await files.stat(root))?.isDirectory !== true) return [];
  const versionOf = (name: string) => (name === NAME ? 0 : Number(/^checkpoints-v(\d+)$/.exec(name)?.[1]));
  const names = (await files.list(root)).filter((name) => !Number.isNaN(versionOf(name)));
  return names.sort((a, b) => versionOf(a) - versionOf(b)).map((name) => files.join(root, name));
}
