import { expect, it } from "vitest";
import { camelName, snakeName } from "./names.js";

it.each([
  ["hidden_dim", "hiddenDim", "hidden_dim"],
  ["lr", "lr", "lr"],
  ["_private_name", "_privateName", "_private_name"],
  ["__x_y", "__xY", "__x_y"],
  ["two__marks", "twoMarks", "two_marks"],
  ["layer_2_size", "layer2Size", "layer2_size"],
  ["Name_of", "NameOf", "Name_of"],
  ["ends_", "ends_", "ends_"],
])("%s is called %s here, and that %s in Python", (python, ours, again) => {
  expect([camelName(python), snakeName(ours)]).toEqual([ours, again]);
});
