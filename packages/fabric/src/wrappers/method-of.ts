/** A method of somebody else's object: what it takes and gives is not known. */
export type Method = (...args: unknown[]) => unknown;

/**
 * What an object has under a name that is known only while the program runs, so that it cannot be read with types. For
 * objects of the user's: callbacks of a Fabric, loaders, everything that is saved.
 */
export function memberOf(object: object, name: string): unknown {
  return Reflect.get(object, name, object);
}

/** The method of that name, bound to its object, or undefined where there is none. */
export function methodOf(object: object, name: string): Method | undefined {
  const member = memberOf(object, name);
  return isMethod(member) ? member.bind(object) : undefined;
}

export function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}
