import type { FileSystem } from "@lightning-ts/core";
import type { KeptCheckpoints } from "../logger.js";
import type { MlflowArtifacts } from "./mlflow-artifacts.js";

/** Sends checkpoints of callbacks, each once for each time it was written. */
export class MlflowCheckpoints {
  readonly #files: FileSystem;
  readonly #sent = new Map<string, number>();
  /** The latest of each callback, by its name. */
  readonly #kept = new Map<string, KeptCheckpoints>();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  add(kept: KeptCheckpoints): void {
    this.#kept.set(kept.callback, kept);
  }

  get areWaiting(): boolean {
    return this.#kept.size > 0;
  }

  /** Files that are not there yet, because they are still being written, are sent by the next call. */
  async send(artifacts: MlflowArtifacts): Promise<void> {
    for (const kept of [...this.#kept.values()]) {
      let isWhole = true;
      for (const path of pathsOf(kept)) isWhole = (await this.#sendOne(artifacts, kept, path)) && isWhole;
      if (isWhole && this.#kept.get(kept.callback) === kept) this.#kept.delete(kept.callback);
    }
  }

  async #sendOne(artifacts: MlflowArtifacts, kept: KeptCheckpoints, path: string): Promise<boolean> {
    const found = await this.#files.stat(path);
    if (found === undefined || !found.isFile) return false;
    if (this.#sent.get(path) === found.modifiedMs) return true;
    const name = this.#files.basename(path);
    const folder = name.replace(/\.[^.]*$/, "");
    const isBest = path === kept.bestModelPath;
    const metadata = { score: kept.scores.get(path) ?? null, original_filename: name, Checkpoint: kept.settings };
    await artifacts.put(`${folder}/${name}`, await this.#files.readFile(path));
    const { stringify } = (await import("yaml")).default;
    await artifacts.put(`${folder}/metadata.yaml`, new TextEncoder().encode(stringify(metadata)));
    const aliases = isBest ? "['latest', 'best']" : "['latest']";
    await artifacts.put(`${folder}/aliases.txt`, new TextEncoder().encode(aliases));
    this.#sent.set(path, found.modifiedMs);
    return true;
  }
}

function pathsOf({ bestModelPath, lastModelPath, scores }: KeptCheckpoints): string[] {
  return [...new Set([...scores.keys(), lastModelPath, bestModelPath])].filter((path) => path !== "");
}
