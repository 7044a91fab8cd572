/**
 * Puts `around` around the `forward` of one module object. It gets the inputs, and calls `forward` to go on with them.
 * @returns what puts the module's own `forward` back; the last one put around comes off first
 */
export function aroundForward(
  module: object,
  around: (inputs: readonly unknown[], forward: () => unknown) => unknown,
): () => void {
  const own = Object.getOwnPropertyDescriptor(module, "forward");
  const forward: unknown = Reflect.get(module, "forward");
  if (typeof forward !== "function") return () => undefined;
  Object.defineProperty(module, "forward", {
    configurable: true,
    writable: true,
    value: (...inputs: unknown[]): unknown => around(inputs, () => Reflect.apply(forward, module, inputs)),
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(module, "forward");
    else Object.defineProperty(module, "forward", own);
  };
}
