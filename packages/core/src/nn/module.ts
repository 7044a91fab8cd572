import { classNameOf } from "../errors/class-name.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { isLazy } from "../autograd/lazy-shape.js";
import { Buffer, Parameter } from "../autograd/parameter.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { adoptBuffer, adoptParameter } from "./adopt-variable.js";
import { asChildModule } from "./as-child-module.js";
import { addPreHook, type LoadStateDictPreHook, preparedStateDict } from "./load-hooks.js";
import { loadInto } from "./load-state-dict.js";
import { noteHolder } from "./module-path.js";
import { moduleText, type ChildText } from "./module-text.js";
import { TENSOR_HOLDERS } from "./tensor-holders.js";
import type { HostValue, LoadStateDictOptions, LoadStateDictResult, StateDict, StateDictInput } from "./state-dict.js";

/** On the prototype of every module, so that modules of another copy of this library are recognised too. */
const MODULE_MARKER = Symbol.for("lightning-ts.module");

/** What a module is made of, under the name that its state-dict keys begin with. */
type Member = Parameter | Buffer | Module;

/**
 * Base of everything with parameters. Parameters, buffers and child modules are found in the object's own public
 * fields, in the order in which they were assigned (fields whose names begin with # cannot be seen), under the fields'
 * names. A plain `tf.variable` counts as a parameter, one that is not trainable as a buffer, a `tf.LayersModel` as a
 * child.
 * @example
 * ```ts
 * import { Module, nn, tf } from "@lightning-ts/core";
 *
 * class Net extends Module {
 *   readonly hidden = new nn.Linear(4, 8);
 *   readonly out = new nn.Linear(8, 3);
 *
 *   override forward(x: tf.Tensor) {
 *     return this.out.forward(tf.relu(this.hidden.forward(x)));
 *   }
 * }
 * const net = new Net();
 * console.log(net.forward(tf.zeros([2, 4])).shape); // [2, 3]
 * console.log([...net.namedParameters()].map(([name]) => name)); // hidden.weight, hidden.bias, out.weight, out.bias
 * ```
 */
export class Module {
  /** Whether layers such as dropout and batch norm behave as in training; `train()` and `eval()` set it. */
  training = true;
  /** Members that were registered by name; they hide fields that hold the same object. */
  protected readonly registeredMembers = new Map<string, Member>();
  /** Names of buffers that are not saved. */
  protected readonly transientBuffers = new Set<string>();

  /** Computes the module's result; every module with a result of its own defines it. */
  forward(..._inputs: never[]): unknown {
    throw new MisconfigurationError({
      message: `${classNameOf(this)} has no forward().`,
      tryThis: "define forward(x: tf.Tensor): tf.Tensor { … } in the class.",
    });
  }

  /** Learnable tensors, children's included; one that occurs twice is listed once. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  namedParameters(): [name: string, parameter: Parameter][] {
    const seen = new Set<Parameter>();
    return this.#walk((member) =>
      member instanceof Parameter && !seen.has(member) && seen.add(member) ? member : undefined,
    );
  }

  buffers(): Buffer[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  namedBuffers(): [name: string, buffer: Buffer][] {
    const seen = new Set<Buffer>();
    return this.#walk((member) =>
      member instanceof Buffer && !seen.has(member) && seen.add(member) ? member : undefined,
    );
  }

  /** Direct child modules. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  namedChildren(): [name: string, child: Module][] {
    return this.members().flatMap(([name, member]) =>
      isModule(member) ? [[name, member] satisfies [string, Module]] : [],
    );
  }

  /** This module and all below it, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** This module under the name "", and all below it, each once. */
  namedModules(): [name: string, module: Module][] {
    const found = new Map<Module, string>();
    collectModules(this, "", found);
    return [...found].map(([module, name]) => [name, module]);
  }

  /** The module at a path as in the state dict's keys; "" is this one. @throws MisconfigurationError */
  getSubmodule(path: string): Module {
    const found = path === "" ? this : path.split(".").reduce<Module | undefined>(childOf, this);
    if (found !== undefined) return found;
    throw new MisconfigurationError({
      message: `${classNameOf(this)} has no module at this path.`,
      expected: `one of ${this.namedModules()
        .flatMap(([name]) => (name === "" ? [] : [JSON.stringify(name)]))
        .join(", ")}`,
      received: JSON.stringify(path),
    });
  }

  /** Puts a module in the place of the one at a path of names with dots. @throws MisconfigurationError */
  setSubmodule(path: string, module: Module): void {
    const names = path.split(".");
    const name = names.pop() ?? "";
    const holder = this.getSubmodule(names.join("."));
    if (name === "")
      throw new MisconfigurationError({ message: "A module cannot take its own place.", received: '""' });
    holder.replaceChild(name, holder.getSubmodule(name), module);
  }

  /** Adds a parameter under a name that is no field's. Returns it. */
  registerParameter<TParameter extends Parameter>(name: string, parameter: TParameter): TParameter {
    this.registeredMembers.set(checkedName(name), parameter);
    return parameter;
  }

  /**
   * Adds a tensor that is saved with the module but not learned. Returns it as a variable; `assign` gives it new
   * values.
   * @param options.persistent false keeps it out of the state dict. @default true
   */
  registerBuffer(
    name: string,
    value: Buffer | Tensor | HostValue,
    options: { readonly persistent?: boolean | undefined } = {},
  ): Buffer {
    const buffer = value instanceof Buffer ? value : toBuffer(value);
    this.registeredMembers.set(checkedName(name), buffer);
    if (options.persistent === false) this.transientBuffers.add(name);
    return buffer;
  }

  /** Adds a child module under a name that is no field's. Returns it. */
  registerModule<TModule extends Module>(name: string, module: TModule): TModule {
    this.registeredMembers.set(checkedName(name), module);
    return module;
  }

  /**
   * Parameters and buffers by PyTorch's keys. The tensors are live: what is read later is what the module then holds.
   */
  stateDict(): StateDict {
    return new Map(this.#stateEntries());
  }

  /**
   * Copies values into parameters and buffers; nothing changes unless everything fits.
   * @throws StateDictError listing missing and unexpected keys and shapes that differ
   */
  loadStateDict(stateDict: StateDictInput, options: LoadStateDictOptions = {}): LoadStateDictResult {
    const source = preparedStateDict(this.namedModules(), stateDict);
    return loadInto(classNameOf(this), new Map(this.#stateEntries()), source, options);
  }

  /**
   * Calls `hook` before a state dict is loaded into this module, or into one that holds it: it can make the children
   * that the entries are for, or change the entries.
   */
  registerLoadStateDictPreHook(hook: LoadStateDictPreHook): void {
    addPreHook(this, hook);
  }

  /** Switches this module and all below it to training mode (or, with false, to evaluation mode). */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Switches this module and all below it to evaluation mode. */
  eval(): this {
    return this.train(false);
  }

  /** Lets gradients flow to the parameters, or freezes them. */
  requiresGrad(isRequired = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = isRequired;
    return this;
  }

  /** Calls `visit` for every module below this one, children first, then for this one. */
  apply(visit: (module: Module) => void): this {
    for (const child of this.children()) child.apply(visit);
    visit(this);
    return this;
  }

  /**
   * Puts parameters and buffers on the current backend now, instead of on first use. Those of lazy layers wait.
   * @param target the current backend's name, or "cpu" for whatever it is
   */
  to(target: string): this {
    const current = tf.getBackend();
    if (target !== current && target !== "cpu") {
      throw new MisconfigurationError({
        message: "All tensors live on the current backend.",
        expected: `"${current}"`,
        received: `"${target}"`,
        tryThis: `await resolveBackend("${target}") first.`,
      });
    }
    for (const variable of [...this.parameters(), ...this.buffers()]) if (!isLazy(variable)) void variable.dataId;
    return this;
  }

  /** Drops all gradients (they become null, as in PyTorch). */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Frees parameters, their gradients, buffers, and what modules below hold besides. */
  dispose(): void {
    this.zeroGrad();
    for (const child of this.children()) child.dispose();
    for (const variable of [...this.parameters(), ...this.buffers()]) variable.dispose();
  }

  /** The module and all below it, line by line, as PyTorch prints them. */
  toString(): string {
    return moduleText(classNameOf(this), this.extraRepr(), this.childTexts());
  }

  /** What `console.log(module)` shows in Node, Deno and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** What `toString()` says of the module beside its name and children, such as `in_features=4`; may have lines. */
  extraRepr(): string {
    return "";
  }

  [TENSOR_HOLDERS](): readonly object[] {
    return [this];
  }

  /** Every field that holds the child holds the other module afterwards. */
  protected replaceChild(name: string, child: Module, replacement: Module): void {
    if (this.registeredMembers.has(name)) this.registeredMembers.set(name, replacement);
    for (const [field, value] of Object.entries(this)) if (value === child) Reflect.set(this, field, replacement);
  }

  protected childTexts(): ChildText[] {
    return this.namedChildren().map(([name, child]) => [name, String(child)]);
  }

  /** Parameters, buffers and children of this module itself, by name. */
  protected members(): [name: string, member: Member][] {
    const registered = new Set<Member>(this.registeredMembers.values());
    const members: [string, Member][] = [...this.registeredMembers];
    for (const [name, value] of Object.entries(this)) {
      const member = toMember(value);
      if (member !== undefined && !registered.has(member)) members.push([name, member]);
    }
    return members;
  }

  #walk<TFound>(select: (member: Member) => TFound | undefined): [string, TFound][] {
    return this.namedModules().flatMap(([prefix, module]) =>
      module.members().flatMap(([name, member]) => {
        const found = select(member);
        return found === undefined ? [] : [[join(prefix, name), found] satisfies [string, TFound]];
      }),
    );
  }

  #stateEntries(prefix = ""): [string, Parameter | Buffer][] {
    const members = this.members();
    const saved = (kind: "isParameter" | "isBuffer"): [string, Parameter | Buffer][] =>
      members.flatMap(([name, member]) =>
        kind in member && !isModule(member) && !this.transientBuffers.has(name)
          ? [[join(prefix, name), member] satisfies [string, Parameter | Buffer]]
          : [],
      );
    return [
      ...saved("isParameter"),
      ...saved("isBuffer"),
      ...members.flatMap(([name, member]) => (isModule(member) ? member.#stateEntries(join(prefix, name)) : [])),
    ];
  }
}

Object.defineProperty(Module.prototype, MODULE_MARKER, { value: true });

/** Whether a value is a module, of this copy of the library or of another one. */
export function isModule(value: unknown): value is Module {
  return typeof value === "object" && value !== null && MODULE_MARKER in value;
}

function childOf(module: Module | undefined, name: string): Module | undefined {
  return module?.namedChildren().find(([child]) => child === name)?.[1];
}

function collectModules(module: Module, name: string, found: Map<Module, string>): void {
  if (found.has(module)) return;
  found.set(module, name);
  for (const [childName, child] of module.namedChildren()) {
    noteHolder(child, module, childName);
    collectModules(child, join(name, childName), found);
  }
}

function toMember(value: unknown): Member | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Parameter || value instanceof Buffer || isModule(value)) return value;
  if (value instanceof tf.Variable) return value.trainable ? adoptParameter(value) : adoptBuffer(value);
  const wrapped = asChildModule(value);
  return isModule(wrapped) ? wrapped : undefined;
}

function toBuffer(value: Tensor | HostValue): Buffer {
  if (!("dataSync" in value)) return Buffer.fromData(Float64Array.from(value.values, Number), value.shape);
  const dtype = value.dtype === "int32" || value.dtype === "bool" ? value.dtype : "float32";
  const buffer = Buffer.fromData(new Float32Array(value.size), value.shape, dtype);
  buffer.assign(value);
  return buffer;
}

function checkedName(name: string): string {
  if (name !== "" && !name.includes(".")) return name;
  throw new MisconfigurationError({
    message: "This name cannot be part of a state-dict key.",
    expected: "a name that is not empty and has no dot",
    received: JSON.stringify(name),
  });
}

function join(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}
