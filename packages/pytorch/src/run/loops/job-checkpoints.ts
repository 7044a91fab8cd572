import type { FileSystem } from "@lightning-ts/core";
import type { LoadedTree, Ports } from "@lightning-ts/fabric";
import { isLoadedTree } from "../../checkpoint/codecs/checkpoint-tree.js";

const NAME = /^hpc_ckpt_(\d+)\.ckpt$/;

/** Which fit of a job's program wrote a checkpoint: the program runs again from its beginning, and so do its fits. */
export interface FitOfJob {
  readonly job: string;
  /** 1 for the first fit of the process. */
  readonly fit: number;
}

const fitsOfProcesses = new Map<string, number>();

/** Counts the fits of a process. */
export async function countFit({ processes }: Pick<Ports, "processes">): Promise<number> {
  const own = await processes?.own();
  const key = `${own?.processId}/${own?.started}`;
  const fit = (fitsOfProcesses.get(key) ?? 0) + 1;
  fitsOfProcesses.set(key, fit);
  return fit;
}

/** Checkpoints that jobs wrote before their time ended, the newest first. */
export async function jobCheckpoints(files: FileSystem, folder: string): Promise<string[]> {
  const root = files.resolve(folder);
  if ((await files.stat(root))?.isDirectory !== true) return [];
  const names = (await files.list(root)).filter((name) => NAME.test(name));
  return names.sort((a, b) => numberOf(b) - numberOf(a)).map((name) => files.join(root, name));
}

/** Path for the next one. */
export async function nextJobCheckpoint(files: FileSystem, folder: string): Promise<string> {
  const [newest] = await jobCheckpoints(files, folder);
  const next = newest === undefined ? 1 : numberOf(files.basename(newest)) + 1;
  return files.join(files.resolve(folder), `hpc_ckpt_${next}.ckpt`);
}

/** Whether a checkpoint is of this fit of this job. */
export function isOfJob(tree: LoadedTree, { job, fit }: FitOfJob): boolean {
  const { job: saved } = tree;
  return isLoadedTree(saved) && saved["name"] === job && saved["fit"] === fit;
}

function numberOf(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}
