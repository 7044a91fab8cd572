import type { Thread, ThreadListener, Threads } from "@lightning-ts/core";
import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** Where the threads' own code is, if not in this package's files. */
export interface NodeThreadsOptions {
  /** URL of the module that a data worker runs. @default this package's */
  readonly entry?: string | undefined;
  /** Node's options for the threads. @default those of this process */
  readonly execArgv?: readonly string[] | undefined;
  /** How much memory the objects of each thread may take; typed arrays are not among them. @default Node's own limit */
  readonly heapMegabytes?: number | undefined;
}

/** Node's worker threads. */
export function nodeThreads(options: NodeThreadsOptions = {}): Threads {
  return {
    mainModule: mainModule(),
    startDataWorker: (modules, listener) => startWorker(modules, listener, options),
    memoryBytes: () => process.memoryUsage.rss(),
  };
}

function startWorker<TToThread, TFromThread>(
  modules: readonly string[],
  listener: ThreadListener<TFromThread>,
  options: NodeThreadsOptions,
): Thread<TToThread> {
  const { entry = import.meta.resolve("@lightning-ts/fabric/data-worker"), execArgv, heapMegabytes } = options;
  const needsTsx = [entry, ...modules].some(isTypeScript) && (!readsTypeScript() || isRunByTsx());
  const worker = new Worker(needsTsx ? withTsx(entry) : `import(${JSON.stringify(entry)})`, {
    eval: true,
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    ...(heapMegabytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } }),
  });
  let isOver = false;
  let isStopped = false;
  const end = (how: string, cause?: unknown): void => {
    if (!isOver) listener.ended(how, cause);
    isOver = true;
  };
  worker.on("message", (message) => listener.message(message));
  worker.on("messageerror", (error) => end("it sent what cannot be read", error));
  worker.on("error", (error) => end(reasonOf(error), error));
  worker.on("exit", (code) => end(`it exited with code ${code}`));
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    keepAlive: (isKept) => {
      // Whoever waits for the end of a thread waits in vain in a process that has nothing else to do and ends.
      if (isStopped) return;
      if (isKept) worker.ref();
      else worker.unref();
    },
    async stop() {
      isOver = true;
      isStopped = true;
      await worker.terminate();
    },
  };
}

/** Node 20 gives loaders of the process to its threads only by code that runs in them. */
function withTsx(entry: string): string {
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  return `import(${tsx}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
}

const isTypeScript = (url: string): boolean => /\.[cm]?tsx?$/.test(url);

/** Whether Node itself reads TypeScript. */
function readsTypeScript(): boolean {
  return Boolean(Reflect.get(process.features, "typescript"));
}

/**
 * Whether tsx reads this process's TypeScript. Node itself knows no `./file.js` that stands for `./file.ts`, as
 * modules of such a program may say.
 */
function isRunByTsx(): boolean {
  return [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].some((option) => /\btsx\b/.test(option));
}

function reasonOf(error: unknown): string {
  const isOutOfMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  if (isOutOfMemory) return "it ran out of memory";
  return `it threw outside of its requests: ${error instanceof Error ? error.message : String(error)}`;
}

function mainModule(): string | undefined {
  const [, script] = process.argv;
  if (script === undefined) return undefined;
  try {
    return pathToFileURL(realpathSync(script)).href;
  } catch {
    return undefined; // Such as the name of something that is no file.
  }
}
