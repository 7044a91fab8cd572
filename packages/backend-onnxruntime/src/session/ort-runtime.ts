import { availableParallelism } from "node:os";
import { EngineError } from "../errors/engine-error.js";
import { encodeModel } from "../onnx-model/encode-model.js";
import { requireExecutorScript } from "./executor-script.js";
import { appendProvider, type ExecutionProvider } from "./execution-provider.js";
import { addressOf, nativePath, nativeString, PointerVariable } from "./native-memory.js";
import { SESSION_CONFIG } from "./number-preserving-options.js";
import { LIBRARY_VARIABLE } from "./library-location.js";
import { OrtApi, type Pointer, NULL_POINTER } from "./ort-api.js";

const LOG_NOTHING_BUT_FATAL = 4;
const OPTIMIZE_BASIC = 1;
const OPTIMIZE_EXTENDED = 2;
const ARENA_ALLOCATOR = 1;
const DEFAULT_MEMORY = 0;

/**
 * ONNX Runtime's environment: one thread pool and one arena for all sessions of the process.
 * It lives until the process ends, for ONNX Runtime has one environment per process.
 */
export interface OrtRuntime {
  readonly api: OrtApi;
  readonly env: Pointer;
  /** Describes memory that we own. */
  readonly memoryInfo: Pointer;
  readonly threads: number;
  /** False where somebody else made the environment first; each session then has its own thread pool. */
  readonly isPoolShared: boolean;
}

export interface RuntimeOptions {
  readonly libraryPath: string;
  /** Threads that compute, the executor's own included. @default as many as the machine has cores */
  readonly threads?: number | undefined;
}

const WHOLE_CONFIG = { ...SESSION_CONFIG, "session.disable_cpu_ep_fallback": "1" };

let current: OrtRuntime | undefined;

const loadedApis = new Map<string, OrtApi>();

/**
 * Loads the library for a runtime that will be opened with these options, and starts nothing.
 * @throws EngineUnavailableError if the library does not load; EngineError if the process's runtime has other options
 */
export function prepareRuntime(options: RuntimeOptions): OrtApi {
  checkThreads(options);
  requireExecutorScript();
  if (current !== undefined) checkSame(current, options);
  return apiOf(options.libraryPath);
}

/**
 * The process's runtime, made by the first call.
 * @throws EngineError if a later call asks for another number of threads or another library
 */
export function openRuntime(options: RuntimeOptions): OrtRuntime {
  checkThreads(options);
  if (current === undefined) {
    current = createRuntime(options.libraryPath, options.threads ?? availableParallelism());
    return current;
  }
  checkSame(current, options);
  return current;
}

/** Path of the library that the process uses; undefined before the first run. */
export function openLibrary(): string | undefined {
  return current?.api.libraryPath;
}

function apiOf(libraryPath: string): OrtApi {
  const known = loadedApis.get(libraryPath) ?? new OrtApi(libraryPath);
  loadedApis.set(libraryPath, known);
  return known;
}

function checkThreads(options: RuntimeOptions): void {
  if (options.threads !== undefined && (!Number.isInteger(options.threads) || options.threads < 1)) {
    throw new EngineError({
      code: "LIT_ENGINE_THREADS",
      message: "The number of threads is not usable.",
      expected: "an integer of at least 1",
      received: String(options.threads),
    });
  }
}

function checkSame(runtime: OrtRuntime, options: RuntimeOptions): void {
  if (options.threads !== undefined && options.threads !== runtime.threads) {
    throw new EngineError({
      code: "LIT_ENGINE_THREADS",
      message: "ONNX Runtime's threads belong to the process and cannot change once they have started.",
      expected: `${runtime.threads} threads, as at the first use`,
      received: String(options.threads),
      tryThis:
        "set the number of threads in the first line of the program, before anything is computed, or start another process.",
    });
  }
  if (options.libraryPath !== runtime.api.libraryPath) {
    throw new EngineError({
      code: "LIT_ENGINE_LIBRARY",
      message: "A process can use one ONNX Runtime library.",
      expected: runtime.api.libraryPath,
      received: options.libraryPath,
      tryThis: `name one for all devices in the environment variable ${LIBRARY_VARIABLE}.`,
    });
  }
}

function createRuntime(libraryPath: string, threads: number): OrtRuntime {
  const api = apiOf(libraryPath);
  const out = new PointerVariable();
  const env = createEnvironment(api, threads, out);
  api.call("createCpuMemoryInfo", ARENA_ALLOCATOR, DEFAULT_MEMORY, out.address);
  const memoryInfo = out.take();
  // Refused when somebody else registered an arena for this environment: theirs serves as well.
  api.takeError(api.functions.createAndRegisterAllocator(env, memoryInfo, NULL_POINTER));
  const sharing = createSessionOptions({ api, threads, isPoolShared: true });
  const isPoolShared = canCreateSession(api, env, sharing, out);
  api.functions.releaseSessionOptions(sharing);
  return { api, env, memoryInfo, threads, isPoolShared };
}

/** False if the environment has no thread pool: whoever used the library before us in this process made it so. */
function canCreateSession(api: OrtApi, env: Pointer, sessionOptions: Pointer, out: PointerVariable): boolean {
  const value = [{ name: "x", dtype: "float32" as const, shape: [1] }];
  const model = encodeModel({
    nodes: [{ type: "Identity", inputs: ["x"], outputs: ["y"] }],
    initializers: [],
    inputs: value,
    outputs: [{ name: "y", dtype: "float32", shape: [1] }],
  });
  const status = api.functions.createSessionFromArray(
    env,
    addressOf(model.buffer),
    model.byteLength,
    sessionOptions,
    out.address,
  );
  if (api.takeError(status) !== undefined) return false;
  api.functions.releaseSession(out.take());
  return true;
}

function createEnvironment(api: OrtApi, threads: number, out: PointerVariable): Pointer {
  const name = nativeString("lightning-ts");
  api.call("createThreadingOptions", out.address);
  const threading = out.take();
  api.call("setGlobalIntraOpNumThreads", threading, threads);
  api.call("setGlobalInterOpNumThreads", threading, 1);
  api.call("setGlobalSpinControl", threading, 1);
  api.call("createEnvWithGlobalThreadPools", LOG_NOTHING_BUT_FATAL, addressOf(name), threading, out.address);
  api.functions.releaseThreadingOptions(threading);
  return out.take();
}

export interface SessionSettings {
  /** The session runs on the calling thread alone. @default false */
  readonly hasOneThread?: boolean | undefined;
  /** Each session writes a profile, a JSON file of this name with a time stamp, when it is released. */
  readonly profilePrefix?: string | undefined;
  /** Nodes that the provider does not know are refused, not left to the processor. */
  readonly isWhole?: boolean | undefined;
  /** What runs the nodes it knows; the others run on the processor. */
  readonly provider?: ExecutionProvider | undefined;
}

/** Session options with the optimizers that change numbers switched off. Whoever calls releases them. */
export function createSessionOptions(
  runtime: Pick<OrtRuntime, "api" | "threads" | "isPoolShared">,
  settings: SessionSettings = {},
): Pointer {
  const { api } = runtime;
  const out = new PointerVariable();
  api.call("createSessionOptions", out.address);
  const options = out.take();
  const level = settings.provider === undefined ? OPTIMIZE_EXTENDED : OPTIMIZE_BASIC;
  api.call("setSessionGraphOptimizationLevel", options, level);
  // A pattern's one block for all intermediate values comes on top of those of the first run.
  api.call("disableMemPattern", options);
  if (settings.hasOneThread === true) api.call("setIntraOpNumThreads", options, 1);
  else if (runtime.isPoolShared) api.call("disablePerSessionThreads", options);
  else api.call("setIntraOpNumThreads", options, runtime.threads);
  for (const [key, value] of Object.entries(settings.isWhole === true ? WHOLE_CONFIG : SESSION_CONFIG)) {
    const keyMemory = nativeString(key);
    const valueMemory = nativeString(value);
    api.call("addSessionConfigEntry", options, addressOf(keyMemory), addressOf(valueMemory));
  }
  if (settings.provider !== undefined) appendProvider(api, options, settings.provider);
  if (settings.profilePrefix !== undefined) {
    const path = nativePath(settings.profilePrefix);
    api.call("enableProfiling", options, addressOf(path));
  }
  return options;
}
