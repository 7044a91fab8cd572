import { nodeProcess } from "./node-process.js";

/** Whether packages can be loaded without waiting: in Node, Bun and Deno, not in a browser. */
export function canRequire(): boolean {
  return nodeProcess() !== undefined;
}

/**
 * Loads a package at once, for code that cannot wait for an `import`; ES modules too, which Node gives to `require`
 * since 20.19. A package that was imported already is the same instance.
 * @throws whatever the package throws, and an error of Node's when it is not installed
 */
export function requireModule(packageName: string): unknown {
  const { createRequire } = moduleOfNode();
  return createRequire(startingPoint())(packageName);
}

/** This file; or the application's folder, where a bundler has left us without an address of our own. */
function startingPoint(): string {
  const own: unknown = import.meta.url;
  if (typeof own === "string" && own.startsWith("file:")) return own;
  const { cwd } = builtin("process", isWithCwd);
  return `${cwd()}/`;
}

interface ModuleOfNode {
  createRequire(from: string): (packageName: string) => unknown;
}

function moduleOfNode(): ModuleOfNode {
  return builtin("module", isModuleOfNode);
}

function builtin<T>(name: string, isExpected: (value: unknown) => value is T): T {
  const found = nodeProcess()?.getBuiltinModule(name);
  if (!isExpected(found)) throw new Error(`Packages cannot be loaded at once here: there is no module "${name}".`);
  return found;
}

function isModuleOfNode(value: unknown): value is ModuleOfNode {
  return (typeof value === "object" || typeof value === "function") && value !== null && "createRequire" in value;
}

function isWithCwd(value: unknown): value is { cwd(): string } {
  return typeof value === "object" && value !== null && "cwd" in value && typeof value.cwd === "function";
}
