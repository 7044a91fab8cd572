import type { Trainer } from "../contract/trainer.js";

/** Where checkpoints go: the given folder, else beside the first logger's files, else below `defaultRootDir`. */
export function checkpointFolder(trainer: Trainer, given: string | undefined): string {
  const { files } = trainer.ports;
  if (given !== undefined)
    return given.startsWith("~") ? files.join(files.homeDirectory(), given.slice(1)) : files.resolve(given);
  const folder = trainer.logger?.logDir;
  return files.join(folder ?? trainer.defaultRootDir, "checkpoints");
}
