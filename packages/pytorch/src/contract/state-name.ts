/**
 * The name under which files know an object's class: its own `static stateName`, else its name. A bundler may rename
 * classes, and a class name that it made is not there in the next build.
 */
export function stateNameOf(value: object): string {
  const { constructor } = value;
  const own: unknown = Object.hasOwn(constructor, "stateName") ? Reflect.get(constructor, "stateName") : undefined;
  return typeof own === "string" ? own : constructor.name;
}
