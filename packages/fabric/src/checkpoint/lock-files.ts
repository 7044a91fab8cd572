import { isPlainObject, type FileSystem, type ProcessIdentity, type WritableFile } from "@lightning-ts/core";

/** What a lock says about who holds it. */
export interface LockContent extends ProcessIdentity {
  readonly version: 1;
  /** When the lock was taken, in milliseconds since 1970. */
  readonly startedMs: number;
}

/** The numbered files of one run's lock in a folder: the one with the highest number counts. */
export class LockFiles {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #prefix: string;

  constructor(files: FileSystem, { folder, runId }: { readonly folder: string; readonly runId: string }) {
    this.#files = files;
    this.#folder = folder;
    this.#prefix = `.lightning-${runId}.`;
  }

  /** The highest number; undefined where there is no lock. */
  async newest(): Promise<number | undefined> {
    return (await this.#numbers()).at(-1);
  }

  /** @returns undefined where it is gone; no content where it is not written yet */
  async read(number: number): Promise<{ content: LockContent | undefined; modifiedMs: number } | undefined> {
    const path = this.path(number);
    const found = await this.#files.stat(path);
    if (found === undefined) return undefined;
    try {
      const text = new TextDecoder().decode(await this.#files.readFile(path));
      return { content: readLock(text), modifiedMs: found.modifiedMs };
    } catch {
      // It was given up between the two calls, or cannot be read: its age decides.
      return { content: undefined, modifiedMs: found.modifiedMs };
    }
  }

  /** @returns false where the number is taken */
  async create(number: number, content: LockContent): Promise<boolean> {
    const path = this.path(number);
    try {
      const file = await this.#files.open(path, "create");
      await this.#fill(number, file, content);
      return true;
    } catch (error) {
      if (typeof error === "object" && error !== null && "code" in error && error.code === "EEXIST") return false;
      throw error;
    }
  }

  /** A lock that cannot say whose it is would keep others waiting: it is removed. */
  async #fill(number: number, file: WritableFile, content: LockContent): Promise<void> {
    try {
      try {
        await file.write(new TextEncoder().encode(JSON.stringify(content)));
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.remove(number).catch(() => undefined);
      throw error;
    }
  }

  /** Shows that the holder is alive. A space behind JSON means nothing. */
  async touch(number: number): Promise<void> {
    if ((await this.#files.stat(this.path(number))) === undefined) return;
    const file = await this.#files.open(this.path(number), "append");
    try {
      await file.write(new TextEncoder().encode(" "));
    } finally {
      await file.close();
    }
  }

  async remove(number: number): Promise<void> {
    await this.#files.remove(this.path(number));
  }

  async removeBelow(number: number): Promise<void> {
    for (const older of await this.#numbers()) if (older < number) await this.remove(older);
  }

  async #numbers(): Promise<number[]> {
    if ((await this.#files.stat(this.#folder))?.isDirectory !== true) return [];
    const names = (await this.#files.list(this.#folder)).filter((name) => name.startsWith(this.#prefix));
    const numbers = names.map((name) => /^(\d+)\.lock$/.exec(name.slice(this.#prefix.length))?.[1]);
    return numbers
      .filter((number) => number !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  path(number: number): string {
    return this.#files.join(this.#folder, `${this.#prefix}${number}.lock`);
  }
}

/** Runs that have or had a lock in a folder. */
export async function runsWithLocks(files: FileSystem, folder: string): Promise<readonly string[]> {
  const ids = (await files.list(folder)).map((name) => /^\.lightning-([0-9a-f]{32})\.\d+\.lock$/.exec(name)?.[1]);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

function readLock(text: string): LockContent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Half of it is written, or none: then nothing is known yet.
    return undefined;
  }
  if (!isPlainObject(parsed)) return undefined;
  const { hostName, processId, started, startedMs } = parsed;
  if (typeof hostName !== "string" || typeof processId !== "number" || typeof started !== "string") return undefined;
  return { version: 1, hostName, processId, started, startedMs: typeof startedMs === "number" ? startedMs : 0 };
}
