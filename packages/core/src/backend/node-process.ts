interface NodeProcess {
  /** Node's own modules, without an import. */
  getBuiltinModule(name: string): unknown;
}

/** Node's process, found without an import so that this file also loads in a browser. */
export function nodeProcess(): NodeProcess | undefined {
  const candidate: unknown = Reflect.get(globalThis, "process");
  return isNodeProcess(candidate) ? candidate : undefined;
}

function isNodeProcess(value: unknown): value is NodeProcess {
  return (
    typeof value === "object" &&
    value !== null &&
    "getBuiltinModule" in value &&
    typeof value.getBuiltinModule === "function"
  );
}
