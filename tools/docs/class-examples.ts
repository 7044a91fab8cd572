/** Parts that sibling packages use, and no program: what they are for is shown where they are used. */
const FOR_SIBLINGS = new Set([
  "RunTasks",
  "OptionProblems",
  "LoggerGroup",
  "Messages",
  "RunWarnings",
  "RunLock",
  "TfOptimizerAdapter",
]);

/** The names that a package's `index.ts`, or one of its namespaces, gives out as values. */
export function exportedValues(index: string): ReadonlySet<string> {
  const lists = [...index.matchAll(/export\s*\{([^}]*)\}/g)].flatMap(([, names = ""]) => names.split(","));
  const values = lists.map((name) => name.trim()).filter((name) => /^[A-Z]/.test(name));
  return new Set(values.map((name) => name.split(/\s+as\s+/)[0] ?? name));
}

/** A public class: where it stands, and whether its doc comment shows how it is used. */
export function classesWithoutExample(source: string, exported: ReadonlySet<string>): string[] {
  const declarations = source.matchAll(/^export (?:abstract )?class (\w+)/gm);
  return [...declarations].flatMap(({ 1: name = "", index }) => {
    if (!exported.has(name) || name.endsWith("Error") || FOR_SIBLINGS.has(name)) return [];
    const before = source.slice(0, index).trimEnd();
    const comment = before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
    return comment.includes("@example") ? [] : [name];
  });
}
