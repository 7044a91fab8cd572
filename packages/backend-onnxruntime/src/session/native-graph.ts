import type { CompiledGraph, CompileRequest, GraphValueSpec } from "../contract/graph-runner.js";
import { GraphCompileError } from "../errors/graph-compile-error.js";
import { elementTypeCode, tensorSizeBytes } from "../onnx-model/element-type.js";
import { type ExecutionProvider, withNodesOnProcessor } from "./execution-provider.js";
import { addressOf, nativeString, PointerVariable } from "./native-memory.js";
import type { Pointer } from "./ort-api.js";
import { createSessionOptions, type OrtRuntime } from "./ort-runtime.js";

/** What an OrtValue is made from; equal element types and shapes share one, so `id` identifies them. */
export interface ValueType {
  readonly id: number;
  readonly elementType: number;
  readonly sizeBytes: number;
  readonly rank: number;
  /** int64 extents, never empty memory. */
  readonly shape: ArrayBuffer;
}

const valueTypes = new Map<string, ValueType>();

function valueTypeOf(spec: GraphValueSpec): ValueType {
  const key = `${spec.dtype}:${spec.shape.join(",")}`;
  let valueType = valueTypes.get(key);
  if (valueType === undefined) {
    const shape = new ArrayBuffer(Math.max(1, spec.shape.length) * 8);
    new BigInt64Array(shape).set(spec.shape.map(BigInt));
    const sizeBytes = tensorSizeBytes(spec.dtype, spec.shape);
    valueType = {
      id: valueTypes.size,
      elementType: elementTypeCode(spec.dtype),
      sizeBytes,
      rank: spec.shape.length,
      shape,
    };
    valueTypes.set(key, valueType);
  }
  return valueType;
}

/** Arrays of OrtValues for one run; they must not change while that run is in flight. */
export interface ArgumentBlock {
  readonly inputs: BigUint64Array;
  readonly outputs: BigUint64Array;
  readonly inputsAddress: Pointer;
  readonly outputsAddress: Pointer;
  lastRun: number;
}

/** A session with the native memory that its runs need. */
export class NativeGraph implements CompiledGraph {
  readonly inputs: readonly GraphValueSpec[];
  readonly outputs: readonly GraphValueSpec[];
  readonly inputTypes: readonly ValueType[];
  readonly outputTypes: readonly ValueType[];
  readonly inputNames: NameArray;
  readonly outputNames: NameArray;
  lastRun = 0;
  isReleased = false;
  readonly #blocks: ArgumentBlock[] = [];

  constructor(
    readonly session: Pointer,
    request: CompileRequest,
  ) {
    this.inputs = request.inputs;
    this.outputs = request.outputs;
    this.inputTypes = request.inputs.map(valueTypeOf);
    this.outputTypes = request.outputs.map(valueTypeOf);
    this.inputNames = nameArray(request.inputs);
    this.outputNames = nameArray(request.outputs);
  }

  /** How many bytes of its buffer each input needs that begins there. */
  endsOf(starts: readonly number[]): { sizeBytes: number }[] {
    return this.inputTypes.map(({ sizeBytes }, index) => ({ sizeBytes: sizeBytes + (starts[index] ?? 0) }));
  }

  /** A block that no run in flight uses. */
  idleBlock(completed: number): ArgumentBlock {
    for (const block of this.#blocks) if (block.lastRun <= completed) return block;
    const inputs = pointerArray(this.inputs.length);
    const outputs = pointerArray(this.outputs.length);
    const block = {
      inputs,
      outputs,
      inputsAddress: addressOf(inputs.buffer),
      outputsAddress: addressOf(outputs.buffer),
      lastRun: 0,
    };
    this.#blocks.push(block);
    return block;
  }
}

interface NameArray {
  readonly address: Pointer;
  /** Everything that the array points to. */
  readonly memory: readonly ArrayBuffer[];
}

function nameArray(specs: readonly GraphValueSpec[]): NameArray {
  const strings = specs.map((spec) => nativeString(spec.name));
  const pointers = pointerArray(strings.length);
  pointers.set(strings.map(addressOf));
  return { address: addressOf(pointers.buffer), memory: [pointers.buffer, ...strings] };
}

function pointerArray(length: number): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(new ArrayBuffer(Math.max(1, length) * 8));
}

/**
 * A session with options of its own where its settings differ from other sessions'. That includes sessions of a
 * provider: ONNX Runtime counts who uses a device once for each options, and takes one away with each session.
 * @throws GraphCompileError
 */
export function createNativeGraph(
  runtime: OrtRuntime,
  sessionOptions: Pointer,
  request: CompileRequest,
  provider: ExecutionProvider | undefined,
): NativeGraph {
  const { profilePrefix } = request;
  const hasOneThread = provider === undefined && request.hasOneThread === true && runtime.threads > 1;
  if (profilePrefix === undefined && provider === undefined && !hasOneThread)
    return createSession(runtime, sessionOptions, request);
  const own = createSessionOptions(runtime, {
    profilePrefix,
    hasOneThread,
    isWhole: request.isWhole,
    provider: provider && withNodesOnProcessor(provider, request.onProcessor),
  });
  try {
    return createSession(runtime, own, request);
  } finally {
    runtime.api.functions.releaseSessionOptions(own);
  }
}

function createSession(runtime: OrtRuntime, sessionOptions: Pointer, request: CompileRequest): NativeGraph {
  const { api, env } = runtime;
  const out = new PointerVariable();
  const { model } = request;
  // Small typed arrays live on the moving heap until somebody asks for their buffer.
  const memory = model.buffer instanceof ArrayBuffer ? model : Uint8Array.from(model);
  const address = addressOf(memory.buffer as ArrayBuffer) + BigInt(memory.byteOffset);
  const status = api.functions.createSessionFromArray(env, address, memory.byteLength, sessionOptions, out.address);
  const message = api.takeError(status);
  if (message !== undefined) throw new GraphCompileError(message);
  return new NativeGraph(out.take(), request);
}
