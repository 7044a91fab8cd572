/**
 * A method of modules: the objects whose fields, elements or entries hold the parameters and buffers that `forward`
 * reads. One that keeps them elsewhere than in its fields overrides it.
 */
export const TENSOR_HOLDERS = Symbol("lightning-ts.tensor-holders");

/** What puts a value into each place of an object that holds a tensor now. */
export function placesIn(holder: object, tensor: object): ((value: object) => void)[] {
  const entries: Iterable<readonly [name: unknown, held: unknown]> =
    holder instanceof Map ? holder : Object.entries(holder);
  return [...entries].flatMap(([name, held]) => {
    if (held !== tensor) return [];
    if (holder instanceof Map) return [(value: object) => void holder.set(name, value)];
    return [(value: object) => void Reflect.set(holder, String(name), value)];
  });
}
