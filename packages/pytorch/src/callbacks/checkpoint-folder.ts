import { makeFolder } from "@lightning-ts/fabric";
import type { Trainer } from "../contract/trainer.js";

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
 */
export async function takeCheckpointFolder(trainer: Trainer, given: string | undefined): Promise<string> {
  if (given !== undefined) return checkpointFolder(trainer, given);
  const folder = trainer.isGlobalZero ? await chooseFolder(trainer) : "";
  if (trainer.worldSize === 1) return folder;
  return (await trainer.strategy.broadcast({ folder }, 0, "folder of checkpoints")).folder;
}

function chooseFolder(trainer: Trainer): string | Promise<string> {
  if (trainer.logger?.logDir !== undefined) return checkpointFolder(trainer, undefined);
  const known = taken.get(trainer) ?? ownFolder(trainer);
  taken.set(trainer, known);
  return known;
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
