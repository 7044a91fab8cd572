/**
 * The name of an object's class as people wrote it, for messages. A bundler puts `_` before the name of a class that
 * speaks of itself (`_ShapeError`); a class without a name is called after the nearest one that has one.
 */
export function classNameOf(value: object): string {
  let isNamed = true;
  for (let prototype: unknown = Object.getPrototypeOf(value); isObject(prototype);) {
    const name = ownConstructorName(prototype);
    if (name !== "") return isNamed ? name : `anonymous ${name}`;
    isNamed = false;
    prototype = Object.getPrototypeOf(prototype);
  }
  return "a class without a name";
}

/** A class name without what bundlers put before it. */
export function withoutBundlerMark(name: string): string {
  return name.startsWith("_") ? name.replace(/^_+/, "") : name;
}

function ownConstructorName(prototype: object): string {
  const { constructor }: { constructor?: unknown } = prototype;
  return Object.hasOwn(prototype, "constructor") && typeof constructor === "function"
    ? withoutBundlerMark(constructor.name)
    : "";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
