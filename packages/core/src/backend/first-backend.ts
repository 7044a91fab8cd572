import { tf } from "../tensor/tf.js";
import { ENGINE_BACKENDS } from "./engine-backends.js";
import { requireEngine } from "./engine-package.js";
import { canRequire, requireModule } from "./require-module.js";
import { requireTensorFlow } from "./tensorflow-backend.js";

/** A backend that can start without waiting, with the priority that it has among tfjs' backends. */
interface ImmediateBackend {
  readonly name: string;
  readonly priority: number;
  /** Registers it with tfjs. @throws where it cannot run */
  readonly register: () => unknown;
}

/** In the order of "auto", without `wasm`, which nothing can start at once. */
const IMMEDIATE: readonly ImmediateBackend[] = [
  { name: ENGINE_BACKENDS.cpu, priority: 4, register: registerEngine },
  { name: "tensorflow", priority: 3, register: requireTensorFlow },
  { name: "cpu", priority: 1, register: () => requireModule("@tensorflow/tfjs-backend-cpu") },
];

/** What "auto" knows. A backend of any other name is the application's own. */
const KNOWN = new Set([...IMMEDIATE.map(({ name }) => name), "wasm", ...Object.values(ENGINE_BACKENDS)]);

/** Whether the application has given tfjs a backend of its own: tfjs then chooses among the registered ones. */
export function hasOwnBackend(): boolean {
  return Object.keys(tf.engine().registryFactory).some((name) => !KNOWN.has(name));
}

/**
 * Starts a backend for an op that runs before anybody has chosen one, as "auto" would choose it: the best of those that
 * start at once. What the application has registered with tfjs itself counts with its own priority.
 * @returns its name; undefined where tfjs' own choice among the registered ones is right, or nothing can be loaded at
 *   once
 */
export function startFirstBackend(): string | undefined {
  if (!canRequire() || hasOwnBackend()) return undefined;
  const registered = Object.values(tf.engine().registryFactory).map(({ priority }) => priority);
  const highest = Math.max(0, ...registered);
  const candidates = IMMEDIATE.filter(({ priority }) => priority > highest);
  return candidates.find(({ name, register }) => starts(name, register))?.name;
}

function starts(name: string, register: () => unknown): boolean {
  try {
    register();
    const backend: unknown = tf.findBackend(name);
    return backend !== null && backend !== undefined;
  } catch {
    return false; // it is not installed or does not run here: the next one is tried, as "auto" does
  }
}

function registerEngine(): void {
  const engine = requireEngine();
  const availability = engine.engineAvailability();
  if (!availability.isAvailable) throw new Error(availability.reason);
  engine.registerOnnxRuntime();
}
