import type { MemoryFiles } from "@lightning-ts/testing";
import { SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { FOLDER } from "./run-in-memory.js";

/** What is in the folder of a run when its process is gone. */
export interface FolderState {
  /** Names of checkpoints, sorted. */
  readonly checkpoints: readonly string[];
  /** Those that cannot be read. */
  readonly unreadable: readonly string[];
  /** Locks and temporary files. */
  readonly leftovers: readonly string[];
  /** How many steps the others had been trained. */
  readonly steps: Readonly<Record<string, number>>;
}

export async function lookAt(files: MemoryFiles): Promise<FolderState> {
  const store = new SafetensorsCheckpointStore(files);
  const names = files
    .paths()
    .filter((path) => files.dirname(path) === FOLDER)
    .map((path) => files.basename(path));
  const checkpoints = names.filter((name) => name.endsWith(".ckpt"));
  const unreadable: string[] = [];
  const steps: Record<string, number> = {};
  for (const name of checkpoints) {
    try {
      const { global_step: step } = await store.load(files.join(FOLDER, name));
      steps[name] = Number(step);
    } catch {
      unreadable.push(name);
    }
  }
  return { checkpoints, unreadable, leftovers: names.filter((name) => !name.endsWith(".ckpt")), steps };
}
