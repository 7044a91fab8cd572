import { EngineUnavailableError } from "../errors/engine-unavailable-error.js";
import { loadKoffi } from "./load-koffi.js";
import { loadLibrary } from "./load-library.js";

/** The version of the C API's table that we ask for; every later library still serves it. */
const API_VERSION = 20;
const POINTER_BYTES = 8;

/** A native address; 0 is null. */
export type Pointer = bigint;
export const NULL_POINTER: Pointer = 0n;

/**
 * The functions of ONNX Runtime's C API that we call, with their places in its table.
 * The table only grows, so a place never changes. `p`: pointer, `i`: int, `z`: size_t, `s` and `S`:
 * a string and several.
 */
const FUNCTIONS = {
  getErrorMessage: [2, "string", "p"],
  run: [9, "void *", "pppppzpzp"],
  createSessionFromArray: [8, "void *", "ppzpp"],
  createSessionOptions: [10, "void *", "p"],
  enableProfiling: [14, "void *", "pp"],
  disableMemPattern: [17, "void *", "p"],
  setSessionGraphOptimizationLevel: [23, "void *", "pi"],
  setIntraOpNumThreads: [24, "void *", "pi"],
  createTensorAsOrtValue: [48, "void *", "ppzip"],
  createTensorWithDataAsOrtValue: [49, "void *", "ppzpzip"],
  getTensorMutableData: [51, "void *", "pp"],
  createMemoryInfo: [68, "void *", "siiip"],
  createCpuMemoryInfo: [69, "void *", "iip"],
  releaseStatus: [93, "void", "p"],
  releaseMemoryInfo: [94, "void", "p"],
  releaseSession: [95, "void", "p"],
  releaseValue: [96, "void", "p"],
  releaseSessionOptions: [100, "void", "p"],
  createEnvWithGlobalThreadPools: [119, "void *", "ippp"],
  disablePerSessionThreads: [120, "void *", "p"],
  createThreadingOptions: [121, "void *", "p"],
  releaseThreadingOptions: [122, "void", "p"],
  addSessionConfigEntry: [130, "void *", "ppp"],
  createAllocator: [131, "void *", "ppp"],
  createAndRegisterAllocator: [144, "void *", "ppp"],
  setGlobalIntraOpNumThreads: [147, "void *", "pi"],
  setGlobalInterOpNumThreads: [148, "void *", "pi"],
  setGlobalSpinControl: [149, "void *", "pi"],
  appendCudaProvider: [204, "void *", "pp"],
  createCudaProviderOptions: [205, "void *", "p"],
  updateCudaProviderOptions: [206, "void *", "pSSz"],
  releaseCudaProviderOptions: [208, "void", "p"],
  appendExecutionProvider: [216, "void *", "psSSz"],
} as const satisfies Readonly<Record<string, readonly [number, string, string]>>;

/** Names of the functions that return an `OrtStatus *`. */
type StatusFunction = Exclude<keyof typeof FUNCTIONS, "getErrorMessage" | `release${string}`>;
type ReleaseFunction = Extract<keyof typeof FUNCTIONS, `release${string}`>;

export type NativeArgument = Pointer | number | string | readonly string[];
type NativeFunction<TResult> = (...args: NativeArgument[]) => TResult;
type FunctionTable = Readonly<Record<StatusFunction, NativeFunction<Pointer | null>>> &
  Readonly<Record<ReleaseFunction, NativeFunction<void>>> & { readonly getErrorMessage: NativeFunction<string> };

const ARGUMENT_TYPES: Readonly<Record<string, string>> = {
  p: "void *",
  i: "int",
  z: "size_t",
  s: "const char *",
  S: "const char **",
};

/** ONNX Runtime's C API of one loaded library. */
export class OrtApi {
  readonly version: string;
  readonly functions: FunctionTable;
  /** Address of the C function `Run`, for the executor thread. */
  readonly runAddress: Pointer;

  /** @throws EngineUnavailableError if the file is not a library that serves our version of the C API */
  constructor(readonly libraryPath: string) {
    const koffi = loadKoffi();
    const base = loadApiBase(libraryPath);
    const getApi: unknown = koffi.decode(koffi.decode(base, "void *"), koffi.proto("void *(uint32_t)"));
    const getVersion: unknown = koffi.decode(
      koffi.decode(base, POINTER_BYTES, "void *"),
      koffi.proto("const char *()"),
    );
    this.version = (getVersion as () => string)();
    const table = (getApi as (version: number) => Pointer | null)(API_VERSION);
    if (table === null || table === NULL_POINTER) {
      throw new EngineUnavailableError({
        reason: `ONNX Runtime ${this.version} at ${libraryPath} is too old: it does not serve version ${API_VERSION} of the C API.`,
      });
    }
    this.functions = readTable(table);
    this.runAddress = koffi.decode(table, FUNCTIONS.run[0] * POINTER_BYTES, "void *") as Pointer;
  }

  /** Message of a status, which is released; `undefined` if it means success. */
  takeError(status: Pointer | null): string | undefined {
    if (status === null || status === NULL_POINTER) return undefined;
    const message = this.functions.getErrorMessage(status);
    this.functions.releaseStatus(status);
    return message;
  }

  /** Calls a function that cannot fail in a correct set-up. @throws EngineUnavailableError with ONNX Runtime's words */
  call(name: StatusFunction, ...args: NativeArgument[]): void {
    const message = this.takeError(this.functions[name](...args));
    if (message !== undefined)
      throw new EngineUnavailableError({ reason: `ONNX Runtime's ${name} failed: ${message}` });
  }
}

function loadApiBase(libraryPath: string): Pointer {
  try {
    return loadLibrary(libraryPath).func("OrtGetApiBase", "void *", [])() as Pointer;
  } catch (cause) {
    throw new EngineUnavailableError({
      reason: `${libraryPath} could not be loaded as ONNX Runtime's library: ${String(cause)}.`,
      cause,
    });
  }
}

function readTable(table: Pointer): FunctionTable {
  const koffi = loadKoffi();
  const entries = Object.entries(FUNCTIONS).map(([name, [index, result, args]]) => {
    const proto = koffi.proto(
      result,
      Array.from(args, (letter) => ARGUMENT_TYPES[letter] ?? "void *"),
    );
    return [name, koffi.decode(koffi.decode(table, index * POINTER_BYTES, "void *"), proto)];
  });
  return Object.fromEntries(entries) as FunctionTable;
}
