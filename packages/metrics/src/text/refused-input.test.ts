import { tensorScope, tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { BLEUScore, functional, ROUGEScore, WordErrorRate } from "../index.js";

it("says how many predictions and targets there were", () => {
  using _scope = tensorScope();
  expect(() => functional.wordErrorRate(["a", "b"], ["a"])).toThrow(
    /as many targets[\s\S]*2 predictions and 1 targets/,
  );
  const score = new BLEUScore();
  expect(() => score.update(["a", "b"], [["a"]])).toThrow(/2 predictions and 1 targets/);
  expect(() => score.update(["a"], [[]])).toThrow(/prediction 0[\s\S]*at least one reference/);
  score.dispose();
});

it("says what is no sentence, and is as before", () => {
  using _scope = tensorScope();
  const rate = new WordErrorRate();
  rate.update("a b", "a c");
  expect(() => rate.update(["a", 1 as unknown as string], ["a", "b"])).toThrow(
    /strings as predictions[\s\S]*number at 1/,
  );
  expect(() => rate.update(["a"], tf.ones([1]) as unknown as string[])).toThrow();
  expect(rate.compute().dataSync()[0]).toBe(0.5);
  rate.dispose();
});

it("compares texts as they are cut by functions of one's own", () => {
  using _scope = tensorScope();
  const rouge = new ROUGEScore({
    rougeKeys: "rougeLsum",
    normalizer: (text) => text.toUpperCase(),
    tokenizer: (text) => text.split("-"),
    sentenceSplitter: (text) => text.split("|"),
  });
  rouge.update("a-b|c-d", "A-B-C|D");
  expect(rouge.compute().rougeLsum_fmeasure?.dataSync()[0]).toBe(1);
  rouge.dispose();
});

it("cuts texts into sentences by Unicode's rules", () => {
  using _scope = tensorScope();
  const [first, second] = ["The cat sat. The dog ran.", "The dog ran. The cat sat."];
  const scores = functional.rougeScore(first, second, { rougeKeys: ["rougeL", "rougeLsum"] });
  expect(scores.rougeLsum_fmeasure?.dataSync()[0]).toBe(1);
  expect(scores.rougeL_fmeasure?.dataSync()[0]).toBeLessThan(1);
});
