import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { MUTANTS } from "./mutants.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

it.each(MUTANTS.flatMap(({ name, edits }) => edits.map((edit) => ({ name, ...edit }))))(
  "the text that a mutant replaces stands once in $file: $find",
  ({ file, find }) => {
    expect(readFileSync(`${ROOT}${file}`, "utf8").split(find)).toHaveLength(2);
  },
);
