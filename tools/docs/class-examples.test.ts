import { expect, it } from "vitest";
import { classesWithoutExample, exportedValues } from "./class-examples.js";

it("what an index gives out as values has names, whatever else it gives out", () => {
  const index = `export { A, type B, helper } from "./a.js";\nexport {\n  C as D,\n} from "./c.js";\nexport type { E } from "./e.js";`;
  expect([...exportedValues(index)]).toEqual(["A", "C"]);
});

it("an exported class needs an example in the comment right above it", () => {
  const source = [
    "/** @example */\nexport class Shown {}",
    "/** Nothing. */\nexport abstract class Bare<T> {}",
    "/** @example */\nconst other = 1;\nexport class Far {}",
    "export class Hidden {}",
    "/** Thrown. */\nexport class OwnError {}",
    "class Inner {}",
  ].join("\n");
  const exported = new Set(["Shown", "Bare", "Far", "OwnError", "Inner"]);
  expect(classesWithoutExample(source, exported)).toEqual(["Bare", "Far"]);
});
