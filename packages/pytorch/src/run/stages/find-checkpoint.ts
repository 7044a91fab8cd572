import { MisconfigurationError } from "@lightning-ts/core";
import type { Connection, LoadedTree, Messages } from "@lightning-ts/fabric";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { OnExceptionCheckpoint } from "../../callbacks/on-exception-checkpoint.js";
import type { Trainer } from "../../contract/trainer.js";
import { isOfJob, jobCheckpoints } from "../loops/job-checkpoints.js";

export interface FindCheckpointOptions {
  readonly ckptPath: string | undefined;
  readonly trainer: Readonly<Trainer>;
  readonly connection: Connection;
  readonly messages: Messages;
  readonly isFastDevRun: boolean;
  /** Which fit of its process this is. */
  readonly fit: number;
}

/**
 * The file that `ckptPath` means, or undefined for none: a path, `"best"`, `"last"` or `"hpc"`. In a job that was
 * started again, a fit goes on from what it had saved itself, whatever it was started from at first.
 */
export async function findCheckpoint(options: FindCheckpointOptions): Promise<string | undefined> {
  const { ckptPath, connection } = options;
  if (options.trainer.stage === "fit" && connection.environment.requeue !== undefined) {
    const own = await asRankZero(options, checkpointOfJob);
    if (own !== undefined) return own;
  }
  if (ckptPath === undefined)
    return options.trainer.stage === "fit" ? asRankZero(options, checkpointOfException) : undefined;
  if (ckptPath === "best") return bestCheckpoint(options);
  if (ckptPath === "last") return asRankZero(options, lastCheckpoint);
  const path = connection.ports.files.resolve(ckptPath);
  if (ckptPath === "hpc" && !(await connection.store.exists(path)))
    return (await asRankZero(options, newestJobCheckpoint)) ?? refuseWithoutJob(options);
  if (/^registry(:.*)?$/.test(ckptPath) && !(await connection.store.exists(path)))
    throw new MisconfigurationError({
      message: `ckptPath "${ckptPath}" is a word of Lightning's that this version does not have, and no file has this name.`,
      tryThis: 'the path of a file, "best", "last" or "hpc".',
    });
  return path;
}

/** What rank 0 finds: another one may look at a moment when files come and go, or see other files. */
export async function asRankZero<TOptions extends Pick<FindCheckpointOptions, "connection">>(
  options: TOptions,
  find: (options: TOptions) => Promise<string | undefined>,
): Promise<string | undefined> {
  const { strategy } = options.connection;
  const path = strategy.isGlobalZero ? await find(options) : undefined;
  if (strategy.worldSize === 1) return path;
  const found = await strategy.broadcast({ path: path ?? "" }, 0, "checkpoint to go on from");
  return found.path === "" ? undefined : found.path;
}

/** What this fit of this job wrote before the job's time ended. */
async function checkpointOfJob(options: FindCheckpointOptions): Promise<string | undefined> {
  const { connection, fit, messages, trainer } = options;
  const job = connection.environment.requeue?.job ?? "";
  for (const path of await jobCheckpoints(connection.ports.files, trainer.defaultRootDir)) {
    if (!(await connection.strategy.checkpointExists(path))) continue;
    if (!isOfJob(await connection.strategy.loadCheckpoint(path), { job, fit })) continue;
    messages.info(`Job ${job} was started again: this run goes on from ${path}.`);
    return path;
  }
  return undefined;
}

async function newestJobCheckpoint({ connection, trainer }: FindCheckpointOptions): Promise<string | undefined> {
  const [newest] = await jobCheckpoints(connection.ports.files, trainer.defaultRootDir);
  return newest;
}

function refuseWithoutJob({ trainer }: FindCheckpointOptions): never {
  throw new MisconfigurationError({
    code: "LIT_RESUME",
    message: `ckptPath "hpc" found no checkpoint of a job: ${trainer.defaultRootDir} has no hpc_ckpt_<n>.ckpt.`,
    tryThis: "the defaultRootDir of the run that was ended, or a fit without ckptPath.",
  });
}

/** What an `OnExceptionCheckpoint` wrote when the run before failed. */
async function checkpointOfException({
  connection,
  messages,
  trainer,
}: FindCheckpointOptions): Promise<string | undefined> {
  for (const callback of trainer.callbacks) {
    if (!(callback instanceof OnExceptionCheckpoint)) continue;
    const path = callback.pathFor(trainer);
    if (!(await connection.store.exists(path))) continue;
    messages.warn("on exception", `The run before did not end well: this one goes on from ${path}.`);
    return path;
  }
  return undefined;
}

function bestCheckpoint({ trainer, isFastDevRun, messages }: FindCheckpointOptions): string {
  const found = trainer.callbacks.filter((callback) => callback instanceof ModelCheckpoint);
  const [first] = found;
  if (first === undefined)
    throw new MisconfigurationError({
      code: "LIT_CKPT_BEST",
      message: 'ckptPath "best" needs a ModelCheckpoint callback, and this Trainer has none.',
    });
  if (found.length > 1) messages.warn("best", 'ckptPath "best" uses the first of several ModelCheckpoint callbacks.');
  if (first.bestModelPath !== "") return first.bestModelPath;
  const reason = isFastDevRun ? "with fastDevRun no checkpoints are written" : "none has been written yet";
  throw new MisconfigurationError({
    code: "LIT_CKPT_BEST",
    message: `ckptPath "best" found no checkpoint: ${reason}.`,
    tryThis: "the path of a file.",
  });
}

/** The one with the most steps among the files that ModelCheckpoints call `last`; of equals the newest. */
async function lastCheckpoint({ trainer, connection, messages }: FindCheckpointOptions): Promise<string | undefined> {
  const { files } = connection.ports;
  let best: { readonly path: string; readonly step: number; readonly modifiedMs: number } | undefined;
  for (const callback of trainer.callbacks) {
    if (!(callback instanceof ModelCheckpoint)) continue;
    for (const path of await callback.listLast(files)) {
      // A folder of shards that was not committed is none.
      if (!(await connection.strategy.checkpointExists(path))) continue;
      const modifiedMs = (await files.stat(path))?.modifiedMs ?? 0;
      const step = stepOf(await connection.strategy.loadCheckpoint(path));
      if (best === undefined || step > best.step || (step === best.step && modifiedMs > best.modifiedMs))
        best = { path, step, modifiedMs };
    }
  }
  if (best === undefined)
    messages.warn("last", 'ckptPath "last" found no checkpoint; the run starts from the beginning.');
  return best?.path;
}

function stepOf(checkpoint: LoadedTree): number {
  const step = checkpoint["global_step"];
  return typeof step === "number" ? step : -1;
}
