import { classNameOf } from "@lightning-ts/core";
import type { FileSystem } from "@lightning-ts/core";
import { defaultPort, isFileError } from "@lightning-ts/fabric";
import type { Trainer } from "../contract/trainer.js";
import { asSaveError } from "./as-save-error.js";
import { Checkpoint } from "./checkpoint.js";
import { formatCheckpointName, matcherOfNames } from "./checkpoint-name.js";

interface NamingOptions {
  readonly dirpath?: string | undefined;
  readonly filename?: string | undefined;
  readonly autoInsertMetricName?: boolean | undefined;
  readonly enableVersionCounter?: boolean | undefined;
}

/** A callback that names its files by patterns, and finds them again. */
export class NamedCheckpoint extends Checkpoint {
  static CHECKPOINT_JOIN_CHAR = "-";
  static CHECKPOINT_EQUALS_CHAR = "=";
  static CHECKPOINT_NAME_LAST = "last";
  static FILE_EXTENSION = ".ckpt";
  static STARTING_VERSION = 1;

  /** Name of the last file. A pattern such as `"{epoch}-last"` is filled in. */
  CHECKPOINT_NAME_LAST: string;
  /** Stands between the parts of a name, and before its version. */
  CHECKPOINT_JOIN_CHAR: string;
  /** Stands between a metric's name and its value. */
  CHECKPOINT_EQUALS_CHAR: string;
  FILE_EXTENSION: string;
  /** Version of the first file whose name is taken. */
  STARTING_VERSION: number;
  /** Folder of the files; known once a run has begun. */
  dirpath: string | undefined;
  /** The Trainer that this callback was set up for last. */
  protected lastTrainer: Trainer | undefined;
  readonly #options: NamingOptions;

  constructor(options: NamingOptions) {
    super();
    this.CHECKPOINT_NAME_LAST = new.target.CHECKPOINT_NAME_LAST;
    this.CHECKPOINT_JOIN_CHAR = new.target.CHECKPOINT_JOIN_CHAR;
    this.CHECKPOINT_EQUALS_CHAR = new.target.CHECKPOINT_EQUALS_CHAR;
    this.FILE_EXTENSION = new.target.FILE_EXTENSION;
    this.STARTING_VERSION = new.target.STARTING_VERSION;
    this.#options = options;
    this.dirpath = options.dirpath;
  }

  /**
   * Path of the file for these metrics.
   * @param filename a pattern. @default the one of the options
   * @param version stands behind the name, as `-v1`
   * @param prefix stands before the name
   */
  formatCheckpointName(
    metrics: Readonly<Record<string, number>>,
    filename = this.#options.filename ?? `{epoch}${this.CHECKPOINT_JOIN_CHAR}{step}`,
    version?: number,
    prefix?: string,
  ): string {
    const name = formatCheckpointName(filename, metrics, {
      autoInsertMetricName: this.#options.autoInsertMetricName,
      equals: this.CHECKPOINT_EQUALS_CHAR,
    });
    const parts = [prefix, name, version === undefined ? undefined : `v${version}`];
    const joined = parts.filter((part) => part !== undefined).join(this.CHECKPOINT_JOIN_CHAR);
    return this.pathOf(joined + this.FILE_EXTENSION);
  }

  /** Whether a checkpoint is at a path. Waits for one that is still being written in the background. */
  fileExists(path: string, trainer: Trainer): Promise<boolean> {
    return trainer.checkpointExists(path);
  }

  /** Whether it is known that no checkpoint is at a path: a disk that does not answer has not lost it. */
  protected async isGone(path: string, trainer: Trainer): Promise<boolean> {
    try {
      return !(await this.fileExists(path, trainer));
    } catch (error) {
      if (isFileError(error)) return false;
      throw error;
    }
  }

  /** Existing files that this callback would call `last`. */
  async listLast(files: FileSystem): Promise<readonly string[]> {
    const { dirpath } = this;
    if (dirpath === undefined || (await files.stat(dirpath))?.isDirectory !== true) return [];
    const paths = (await files.list(dirpath)).map((name) => files.join(dirpath, name));
    return paths.filter((path) => this.isCalledLast(path));
  }

  protected get files(): FileSystem {
    return this.lastTrainer?.ports.files ?? defaultPort(classNameOf(this), "files");
  }

  /** Whether a file is one of those that this callback calls `last`. */
  protected isCalledLast(path: string): boolean {
    const isName = matcherOfNames(this.CHECKPOINT_NAME_LAST, this.CHECKPOINT_JOIN_CHAR, this.FILE_EXTENSION);
    const { files } = this;
    return files.dirname(path) === this.dirpath && isName.test(files.basename(path));
  }

  protected pathOf(name: string): string {
    return this.dirpath === undefined ? name : this.files.join(this.dirpath, name);
  }

  /**
   * The path for a pattern, with a version behind it when a file is there already that is not the one to replace. What
   * this run wrote at this very step, before it was killed and resumed, is replaced too.
   */
  protected async freshPath(
    trainer: Trainer,
    metrics: Readonly<Record<string, number>>,
    pattern: string | undefined,
    replaceable: string | undefined,
  ): Promise<string> {
    let path = this.formatCheckpointName(metrics, pattern);
    if (this.#options.enableVersionCounter === false) return path;
    let version = this.STARTING_VERSION;
    const isTaken = (at: string) => asSaveError(at, async () => (await this.files.stat(at)) !== undefined);
    while (path !== replaceable && (await isTaken(path))) {
      if (await this.#isLeftBehind(trainer, path)) return path;
      path = this.formatCheckpointName(metrics, pattern, version);
      version += 1;
    }
    return path;
  }

  async #isLeftBehind(trainer: Trainer, path: string): Promise<boolean> {
    if (trainer.ckptPath === undefined || trainer.ckptPath === path) return false;
    return (await trainer.stepBeforeResuming(path)) === trainer.globalStep;
  }
}
