import { createRequire } from "node:module";

const POINTER_BYTES = 8;
const API_VERSION = 20;

/** A native address; 0 is null. */
export type Pointer = bigint;
type Argument = Pointer | number | string | Buffer | null;
type NativeFunction = (...args: Argument[]) => unknown;

/**
 * Places of functions in ONNX Runtime's table, which only grows; all but the releases return a status.
 * `p`: pointer, `s`: string, `i`: int, `z`: size_t.
 */
const FUNCTIONS = {
  getErrorMessage: [2, "ppp"],
  createEnv: [3, "isp"],
  createSession: [7, "pspp"],
  createSessionOptions: [10, "p"],
  enableProfiling: [14, "ps"],
  setSessionGraphOptimizationLevel: [23, "pi"],
  setIntraOpNumThreads: [24, "pi"],
  sessionGetInputCount: [30, "pp"],
  sessionGetOutputCount: [31, "pp"],
  sessionGetInputTypeInfo: [33, "pzp"],
  sessionGetOutputTypeInfo: [34, "pzp"],
  sessionGetInputName: [36, "pzpp"],
  sessionGetOutputName: [37, "pzpp"],
  createTensorWithDataAsOrtValue: [49, "ppzpzip"],
  getTensorMutableData: [51, "pp"],
  castTypeInfoToTensorInfo: [55, "pp"],
  getTensorElementType: [60, "pp"],
  getDimensionsCount: [61, "pp"],
  getDimensions: [62, "ppz"],
  getTensorShapeElementCount: [64, "pp"],
  getTensorTypeAndShape: [65, "pp"],
  createMemoryInfo: [68, "siiip"],
  createCpuMemoryInfo: [69, "iip"],
  getAllocatorWithDefaultOptions: [78, "p"],
  sessionEndProfiling: [110, "ppp"],
  runWithBinding: [133, "ppp"],
  createIoBinding: [134, "pp"],
  bindInput: [136, "psp"],
  bindOutputToDevice: [138, "psp"],
  getBoundOutputValues: [140, "pppp"],
  synchronizeBoundInputs: [202, "p"],
  synchronizeBoundOutputs: [203, "p"],
  appendCuda: [204, "pp"],
  createCudaProviderOptions: [205, "p"],
  updateCudaProviderOptions: [206, "pppz"],
  appendExecutionProvider: [216, "psppz"],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

const ARGUMENT_TYPES: Readonly<Record<string, string>> = { p: "void *", s: "const char *", i: "int", z: "size_t" };

/** What is used of koffi, which lies beside the bundled programs. */
interface Koffi {
  load(path: string): { func(name: string, result: string, args: readonly string[]): NativeFunction };
  proto(definition: string, args?: readonly string[]): unknown;
  decode(address: unknown, ...place: unknown[]): unknown;
  address(memory: Buffer): bigint;
  view(address: Pointer, count: number): ArrayBuffer;
}

/** The C API of one ONNX Runtime library, without the engine's own layers: a check has to stand beside them. */
export class OrtLibrary {
  readonly version: string;
  readonly #functions = new Map<string, NativeFunction>();
  readonly #koffi = createRequire(import.meta.url)("koffi") as Koffi;
  /** Native memory refers to these. */
  readonly #kept: unknown[] = [];

  constructor(path: string) {
    const koffi = this.#koffi;
    const library = koffi.load(path);
    this.#kept.push(library);
    const base: unknown = library.func("OrtGetApiBase", "void *", [])();
    const callable = (address: unknown, proto: string) => koffi.decode(address, koffi.proto(proto)) as NativeFunction;
    this.version = String(callable(koffi.decode(base, POINTER_BYTES, "void *"), "const char *()")());
    const table: unknown = callable(koffi.decode(base, "void *"), "void *(uint32_t)")(API_VERSION);
    for (const [name, [place, args]] of Object.entries(FUNCTIONS)) {
      const types = Array.from(args, (letter) => ARGUMENT_TYPES[letter] ?? "void *");
      const result = name === "getErrorMessage" ? "const char *" : "void *";
      const address: unknown = koffi.decode(table, place * POINTER_BYTES, "void *");
      this.#functions.set(
        name,
        koffi.decode(address, koffi.proto(result, name === "getErrorMessage" ? ["void *"] : types)) as NativeFunction,
      );
    }
  }

  /** @throws Error with ONNX Runtime's words */
  call(name: keyof typeof FUNCTIONS, ...args: Argument[]): void {
    const status = this.#functions.get(name)?.(...args);
    if (status === null || status === 0n || status === undefined) return;
    throw new Error(`${name}: ${String(this.#functions.get("getErrorMessage")?.(status as Pointer))}`);
  }

  /** Calls a function whose last argument is where it writes a pointer or a size. */
  read(name: keyof typeof FUNCTIONS, ...args: Argument[]): Pointer {
    const out = new BigUint64Array(1);
    this.call(name, ...args, Buffer.from(out.buffer));
    return out[0] ?? 0n;
  }

  text(address: Pointer): string {
    const pointer = BigUint64Array.of(address);
    return String(this.#koffi.decode(Buffer.from(pointer.buffer), "const char *"));
  }

  /** The bytes at an address, without a copy. */
  bytes(address: Pointer, count: number): Uint8Array {
    return new Uint8Array(this.#koffi.view(address, count));
  }

  /** An array of C strings. */
  strings(values: readonly string[]): Buffer {
    const texts = values.map((value) => Buffer.from(`${value}\0`));
    const table = new BigUint64Array(Math.max(1, texts.length));
    texts.forEach((text, i) => (table[i] = this.#koffi.address(text)));
    this.#kept.push(texts, table);
    return Buffer.from(table.buffer);
  }

  /** Keeps a value alive as long as the library, for native memory refers to it. */
  keep<TValue>(value: TValue): TValue {
    this.#kept.push(value);
    return value;
  }
}
