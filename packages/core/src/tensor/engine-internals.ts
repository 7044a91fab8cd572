/**
 * The only file that touches private fields of tfjs' engine, for the pinned tfjs-core 4.22:
 * its stack of scopes, its tape, its counters, and the identity of tensors.
 */
import { Tensor as TensorClass, Optimizer, Variable as VariableClass, engine, getGradient, getKernel, type DataId, type DataType, type KernelBackend, type KernelFunc, type NamedAttrMap, type NamedTensorMap, type Rank, type Tensor, type Variable, type TensorInfo } from "@tensorflow/tfjs-core";

type EngineState = ReturnType<typeof engine>["state"];

/** One entry of tfjs' stack of scopes: the tensors that it will dispose. */
export type ScopeRecord = EngineState["activeScope"];

/** One recorded kernel. `gradient` gets null for outputs that nothing flowed into and may leave inputs out. */
export interface TapeNode {
  readonly id: number;
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: Tensor[];
  /** Tensors that live until the node has been used, freed by whoever empties the tape. */
  saved?: Tensor[];
  /** Inputs whose values are among `saved`, where tfjs' gradient registry does not tell; some may be absent. */
  readonly savedInputs?: readonly string[];
  gradient?: (dys: (Tensor | null)[]) => Readonly<Record<string, (() => Tensor) | undefined>>;
}

export type Tape = TapeNode[];

/** Where recording stands: tfjs records while `depth` is above 0, onto `tape`. */
export interface RecordingState {
  readonly depth: number;
  readonly tape: Tape | undefined;
}

export function newScopeRecord(name: string): ScopeRecord {
  return { track: [], name, id: engine().state.nextScopeId++ };
}

export function pushScopeRecord(record: ScopeRecord): void {
  const { state } = engine();
  state.scopeStack.push(record);
  state.activeScope = record;
}

/** Takes a scope out of tfjs' stack wherever it stands; true when it was there. */
export function removeScopeRecord(record: ScopeRecord): boolean {
  const { state } = engine();
  const index = state.scopeStack.lastIndexOf(record);
  if (index < 0) return false;
  state.scopeStack.splice(index, 1);
  state.activeScope = state.scopeStack.at(-1) as ScopeRecord; // tfjs itself stores null or undefined here when no scope is open
  return true;
}

/** The innermost scope's name when it is not `record`, else undefined. */
export function scopeAbove(record: ScopeRecord): string | undefined {
  const innermost = engine().state.activeScope as ScopeRecord | null | undefined;
  return innermost === record ? undefined : (innermost?.name ?? "none");
}

/** Puts a tensor under the care of the innermost scope. */
export function trackInActiveScope(tensor: Tensor): void {
  const scope = engine().state.activeScope as ScopeRecord | null | undefined;
  if (scope) scope.track.push(tensor);
}

export function readRecording(): RecordingState {
  const { state } = engine();
  return { depth: state.gradientDepth, tape: state.activeTape as Tape | undefined };
}

export function writeRecording({ depth, tape }: RecordingState): void {
  const { state } = engine();
  state.gradientDepth = depth;
  state.activeTape = tape as EngineState["activeTape"];
}

/** Whether a kernel that runs now would be recorded. */
export function isRecording(): boolean {
  const { state } = engine();
  return state.gradientDepth > 0 && state.kernelDepth === 0;
}

/** Runs `body` as tfjs runs the inside of a kernel: nothing is recorded. */
export function withoutRecording<TResult>(body: () => TResult): TResult {
  const { state } = engine();
  state.kernelDepth += 1;
  try {
    return body();
  } finally {
    state.kernelDepth -= 1;
  }
}

/** Runs `body` recorded onto a tape of its own, whatever recording does otherwise. The caller frees the tape. */
export function recordSeparately<TResult>(body: () => TResult): { tape: Tape; outputs: TResult } {
  const { state } = engine();
  const { kernelDepth } = state;
  const recording = readRecording();
  const tape: Tape = [];
  writeRecording({ depth: 1, tape });
  state.kernelDepth = 0;
  try {
    return { tape, outputs: body() };
  } finally {
    state.kernelDepth = kernelDepth;
    writeRecording(recording);
  }
}

/** Puts a node on the tape. Absent inputs are left out. */
export function recordNode(node: Omit<TapeNode, "id" | "inputs"> & { readonly inputs: object }): void {
  const { state } = engine();
  state.activeTape.push({ ...node, id: state.nextTapeNodeId++ } as EngineState["activeTape"][number]);
}

/** Names of the inputs whose values tfjs saved for this node's gradient, in the order of `node.saved`. */
export function savedInputNames(node: TapeNode): readonly string[] {
  if (node.savedInputs !== undefined) return node.savedInputs;
  const config = getGradient(node.kernelName);
  if (config === undefined || config === null) return [];
  return config.saveAllInputs === true ? Object.keys(node.inputs) : (config.inputsToSave ?? []);
}

export function nextTensorId(): number {
  return (engine() as unknown as { nextTensorId(): number }).nextTensorId();
}

/** Uploads values to the current backend; the caller owns the data and one reference to it. */
export function uploadValues(values: Float32Array | Int32Array | Uint8Array, shape: number[], dtype: DataType): { dataId: DataId; backend: KernelBackend } {
  const { backend } = engine();
  return { dataId: backend.write(values, shape, dtype), backend };
}

/** Counts a variable's data as tfjs does for its own variables. */
export function trackVariableData(variable: Variable, backend: KernelBackend): void {
  engine().trackTensor(variable, backend);
}

/** Counts a variable's data and takes a reference to it, as `variable.assign` does. */
export function shareVariableData(variable: Variable): void {
  const current = engine();
  const info = current.state.tensorInfo.get(variable.dataId);
  current.trackTensor(variable, info?.backend ?? current.backend);
  (info?.backend ?? current.backend).incRef(variable.dataId);
}

/** A second handle on a tensor's data under the same identity. */
class HeldTensor extends (TensorClass as unknown as new (shape: number[], dtype: DataType, dataId: DataId, id: number) => Tensor) {
  constructor(
    readonly source: Tensor,
    dataId: DataId,
  ) {
    super(source.shape, source.dtype, dataId, source.id);
  }
}

/**
 * Keeps a tensor's values alive for a gradient, whatever happens to the tensor. What is computed from the handle connects
 * to the tensor on the tape. No scope tracks it: dispose it.
 */
export function holdTensor(tensor: Tensor): Tensor {
  const { state } = engine();
  const backend = state.tensorInfo.get(tensor.dataId)?.backend;
  if (backend === undefined) tensor.throwIfDisposed();
  state.numTensors += 1;
  state.numBytes += tensor.size * (tensor.dtype === "bool" ? 1 : 4);
  // The engine takes a reference by incRef for a variable's, whose values it computes with every read.
  const holder = backend as (KernelBackend & { hold?(dataId: DataId): void }) | undefined;
  if (holder?.hold === undefined) holder?.incRef(tensor.dataId);
  else holder.hold(tensor.dataId);
  return new HeldTensor(originalOf(tensor), tensor.dataId);
}

/** A copy of a record of tensors with some of them held; the handles are added to `saved`. Absent names are skipped. */
export function holdNamed<TInputs extends object>(inputs: TInputs, names: readonly string[], saved: Tensor[]): TInputs {
  const held: Record<string, Tensor> = { ...(inputs as Record<string, Tensor>) };
  for (const name of names) {
    const input = held[name];
    if (input === undefined) continue;
    const handle = holdTensor(input);
    held[name] = handle;
    saved.push(handle);
  }
  return held as TInputs;
}

/**
 * Makes tfjs save what its gradients need as handles instead of clones: no `Identity` kernel and no node on the tape for
 * each saved tensor.
 */
export function saveByHolding(): void {
  const current = engine() as unknown as { saveTensorsForBackwardMode(tensors: Tensor[]): Tensor[] };
  const saveClones = current.saveTensorsForBackwardMode.bind(current);
  current.saveTensorsForBackwardMode = (tensors) => (tensors.every(isNumeric) ? tensors.map(holdTensor) : saveClones(tensors));
}

function isNumeric(tensor: Tensor | undefined): boolean {
  return tensor?.dtype === "float32" || tensor?.dtype === "int32" || tensor?.dtype === "bool";
}

/** What a backend that computes later offers to those whose state must share the fate of its runs. */
interface Rollback {
  replace(owner: object, next: DataId, before: DataId, restore: (before: TensorInfo) => void): void;
  remember(owner: object, snapshot: () => () => void, belongsTo: "before" | "next"): void;
}

/** The current backend's, if it has one; does not start a backend. */
export function rollbackOfBackend(): Rollback | undefined {
  const { backendInstance } = engine() as unknown as { readonly backendInstance: (KernelBackend & Partial<Rollback>) | null };
  return backendInstance?.remember === undefined ? undefined : (backendInstance as KernelBackend & Rollback);
}

/**
 * Notes that a tensor which lives on from step to step gives way to another one, before it is disposed.
 * @param owner has one such tensor: a failure gives it back the one before its first change
 * @param restore gets the old content as a tensor, if what computes the new one fails
 */
export function replaceForRollback(owner: object, next: Tensor, before: Tensor, restore: (before: Tensor) => void): void {
  const current = engine();
  const backend = current.state.tensorInfo.get(before.dataId)?.backend as (KernelBackend & Partial<Rollback>) | undefined;
  const { shape } = before;
  backend?.replace?.(owner, next.dataId, before.dataId, (info) => restore(current.makeTensorFromTensorInfo({ ...info, shape }, backend)));
}

/** The tensor that a handle holds; any other tensor is its own original. */
export function originalOf(tensor: Tensor): Tensor {
  return "source" in tensor ? (tensor as HeldTensor).source : tensor;
}

/** Kernels found so far, for one backend: tfjs' own lookup builds a string each time. */
const foundKernels = new Map<string, KernelFunc>();
let foundFor: string | undefined;

/** The current backend's implementation of a kernel, or undefined. */
export function findKernel(name: string): KernelFunc | undefined {
  const current = engine();
  if (current.backendName !== foundFor) {
    void current.backend; // starts the default backend when none was chosen
    foundFor = current.backendName;
    foundKernels.clear();
  }
  const known = foundKernels.get(name);
  if (known !== undefined) return known;
  const kernel = getKernel(name, current.backendName)?.kernelFunc;
  if (kernel !== undefined) foundKernels.set(name, kernel);
  return kernel;
}

/** Runs a kernel of the current backend; nothing is recorded, results are tracked in the innermost scope. */
export function runKernelUnrecorded(name: string, inputs: object, attrs: object): Tensor[] {
  const current = engine();
  const { state } = current;
  const kernel = findKernel(name);
  state.kernelDepth += 1;
  try {
    if (kernel === undefined || state.profiling || current.ENV.getBool("DEBUG")) {
      const result: Tensor | Tensor[] = current.runKernel(name, inputs as NamedTensorMap, attrs as NamedAttrMap);
      return Array.isArray(result) ? result : [result];
    }
    const result = kernel({ inputs: inputs as NamedTensorMap, attrs: attrs as NamedAttrMap, backend: current.backend });
    const infos = Array.isArray(result) ? result : [result];
    return infos.map((info) => ("rank" in info ? (info as Tensor) : current.makeTensorFromTensorInfo(info)));
  } finally {
    state.kernelDepth -= 1;
  }
}

/** Makes tfjs throw `makeError()` where it meets a tensor that was disposed (it would fail on an undefined field otherwise). */
export function reportDisposedTensors(makeError: () => Error): void {
  TensorClass.prototype.throwIfDisposed = function throwIfDisposed(this: Tensor): void {
    if (this.isDisposed) throw makeError();
  };
  const current = engine();
  const moveData = current.moveData.bind(current);
  current.moveData = (backend, dataId) => {
    if (!current.state.tensorInfo.has(dataId)) throw makeError();
    moveData(backend, dataId);
  };
}

/** The tape's position at each variable's last change. */
const changedAt = new WeakMap<Variable, number>();

/** Notes that a variable has another value from here on. */
export function noteChange(variable: Variable): void {
  changedAt.set(variable, engine().state.nextTapeNodeId);
}

/** Whether a variable was changed after a node had been recorded. */
export function changedSince(variable: Variable, node: TapeNode): boolean {
  return (changedAt.get(variable) ?? 0) > node.id;
}

/** Makes every `variable.assign`, tfjs' own variables' included, note the change. */
export function noteAssignments(): void {
  const { assign } = VariableClass.prototype;
  VariableClass.prototype.assign = function notedAssign(this: Variable, value: Tensor): void {
    assign.call(this, value);
    noteChange(this);
  };
}

/** Makes the step counters of `tf.train`'s optimizers go back with a run that fails. */
export function rememberIterations(): void {
  const { prototype } = Optimizer as unknown as { readonly prototype: { iterations_?: number; incrementIterations(): void } };
  const { incrementIterations } = prototype;
  prototype.incrementIterations = function rememberedIncrement(): void {
    rollbackOfBackend()?.remember(
      this,
      () => {
        const { iterations_: iterations = 0 } = this;
        return () => {
          this.iterations_ = iterations;
        };
      },
      "before",
    );
    incrementIterations.call(this);
  };
}

type DataIdAccess = { readonly get: (this: Variable) => DataId; readonly set: (this: Variable, dataId: DataId) => void };

/** Turns the field `dataId` of a class of variables into an accessor, so that their data may come later. */
export function defineDataIdAccess(variableClass: { readonly prototype: Variable }, access: DataIdAccess): void {
  Object.defineProperty(variableClass.prototype, "dataId", { get: access.get, set: access.set, configurable: true });
}

/** What `new tf.Variable` reads of its initial value when the data come later. */
export function valueWithoutData<R extends Rank>(shape: readonly number[], dtype: DataType): Tensor<R> {
  return { shape: [...shape], dtype, dataId: {} } as unknown as Tensor<R>;
}

export interface FirstBackendChoice {
  /** Starts a backend for an op that cannot wait and returns its name; undefined leaves the choice to tfjs. */
  readonly atOnce: () => string | undefined;
  /** Starts one for `tf.ready()`, or leaves the choice to tfjs by starting none. */
  readonly waiting: () => Promise<void>;
}

interface BackendChoosing {
  readonly backendInstance: KernelBackend | null | undefined;
  readonly pendingBackendInit: Promise<boolean> | null | undefined;
  initializeBackendsAndReturnBest(): { name: string; asyncInit: boolean };
  ready(): Promise<void>;
}

/** Asks for a backend where an op runs, or somebody awaits `tf.ready()`, and none was set. */
export function chooseFirstBackend({ atOnce, waiting }: FirstBackendChoice): void {
  const current = engine() as unknown as BackendChoosing;
  const chooseRegistered = current.initializeBackendsAndReturnBest.bind(current);
  const readyOfTfjs = current.ready.bind(current);
  current.initializeBackendsAndReturnBest = () => {
    const name = atOnce();
    return name === undefined ? chooseRegistered() : { name, asyncInit: false };
  };
  current.ready = async () => {
    const isChosen = (current.backendInstance ?? current.pendingBackendInit ?? undefined) !== undefined;
    if (!isChosen) await waiting();
    await readyOfTfjs();
  };
}

type CustomGradFunction = (...args: unknown[]) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[] };

/** What operations that bring their own gradient call of tfjs' engine. */
export interface CustomGradEngine {
  customGrad(f: CustomGradFunction): (...inputs: Tensor[]) => Tensor;
  runKernel(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap): unknown;
}

export function customGradEngine(): CustomGradEngine {
  return engine() as unknown as CustomGradEngine;
}

/** The name of tfjs' innermost scope, which is the operation's while one runs; empty where none is open. */
export function innermostScopeName(): string {
  return (engine().state.activeScope as ScopeRecord | null | undefined)?.name ?? "";
}

/** The names of the open scopes, the innermost last; tfjs opens one for each operation. */
export function operationNames(): string[] {
  return engine().state.scopeStack.map(({ name }) => name);
}

/** Calls `listener` with the name of every backend that becomes the current one, once its kernels are set up. */
export function whenBackendIsSet(listener: (backendName: string) => void): void {
  const current = engine() as unknown as { readonly backendName: string; setupRegisteredKernels(): void };
  const setUp = current.setupRegisteredKernels.bind(current);
  current.setupRegisteredKernels = () => {
    setUp();
    listener(current.backendName);
  };
}
