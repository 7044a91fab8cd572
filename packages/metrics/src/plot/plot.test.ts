import { Metric, resolveBackend, tensorScope, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  BinaryAccuracy,
  BinaryPrecision,
  BinaryPrecisionRecallCurve,
  BinaryRecallAtFixedPrecision,
  BinaryROC,
  MeanSquaredError,
  MetricCollection,
  MetricTracker,
  MulticlassConfusionMatrix,
  MulticlassRecall,
  MulticlassROC,
  MultilabelConfusionMatrix,
  plot,
  plotValues,
} from "../index.js";

const classes = (...values: number[]) => tf.tensor1d(values, "int32");
const scores = () => tf.tensor1d([0.9, 0.2, 0.7, 0.4]);
const count = (svg: string, tag: string) => svg.split(`<${tag} `).length - 1;
const words = (svg: string) => [...svg.matchAll(/>([^<]+)<\/text>/g)].map(([, text]) => text);

class Waiting extends Metric {
  override update(): void {}
  override async compute(): Promise<number> {
    return await Promise.resolve(1);
  }
}

describe("a picture of a metric", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("has a table for a confusion matrix, and one for each of several labels", () => {
    using _scope = tensorScope();
    const matrix = new MulticlassConfusionMatrix({ numClasses: 3 });
    matrix.update(classes(0, 1, 2, 2, 1), classes(0, 1, 1, 2, 1));
    const svg = plot(matrix, { labels: ["cat", "dog", "cow"] });
    expect(count(svg, "rect")).toBe(1 + 9);
    expect(words(svg)).toEqual(
      expect.arrayContaining(["cat", "predicted class", "true class", "MulticlassConfusionMatrix", "2"]),
    );
    const labels = new MultilabelConfusionMatrix({ numLabels: 2 });
    labels.update(tf.tensor2d([[0.9, 0.1]]), tf.tensor2d([[1, 1]], [1, 2], "int32"));
    expect(count(plot(labels), "svg")).toBe(1 + 2);
    for (const one of [matrix, labels]) one.dispose();
  });

  it("has a line for a curve, and one with a name for each class", () => {
    using _scope = tensorScope();
    const [roc, curve] = [new BinaryROC(), new BinaryPrecisionRecallCurve({ thresholds: 5 })];
    for (const one of [roc, curve]) one.update(scores(), classes(1, 0, 1, 1));
    expect(count(plot(roc), "polyline")).toBe(1);
    expect(words(plot(roc))).toEqual(
      expect.arrayContaining(["false positive rate", "true positive rate", "BinaryROC"]),
    );
    expect(words(plot(curve, { title: "PR" }))).toEqual(expect.arrayContaining(["recall", "precision", "PR"]));
    for (const thresholds of [undefined, 4]) {
      const several = new MulticlassROC({ numClasses: 2, thresholds });
      several.update(
        tf.tensor2d([
          [0.8, 0.2],
          [0.3, 0.7],
          [0.6, 0.4],
        ]),
        classes(0, 1, 1),
      );
      const svg = plot(several, { labels: ["no", "yes"] });
      expect(count(svg, "polyline")).toBe(2);
      expect(words(svg)).toEqual(expect.arrayContaining(["no", "yes"]));
      several.dispose();
    }
    for (const one of [roc, curve]) one.dispose();
  });

  it("has bars for values, and lines over the steps of a tracker", () => {
    using _scope = tensorScope();
    const recall = new MulticlassRecall({ numClasses: 2, average: "none" });
    recall.update(classes(0, 1), classes(0, 1));
    expect(count(plot(recall), "rect")).toBe(1 + 2);
    const tracker = new MetricTracker(new MetricCollection({ a: new BinaryAccuracy(), p: new BinaryPrecision() }));
    for (const answer of [0, 1, 1]) {
      tracker.increment();
      tracker.update(scores(), classes(1, 0, answer, 1));
    }
    plot(tracker); // states that are still on the host are uploaded
    const before = tf.memory().numTensors;
    const svg = plot(tracker, { xLabel: "epoch" });
    expect(tf.memory().numTensors).toBe(before);
    expect(count(svg, "polyline")).toBe(2);
    expect(words(svg)).toEqual(expect.arrayContaining(["a", "p", "epoch"]));
    for (const one of [recall, tracker]) one.dispose();
  });

  it("is a method too, of what is given or of what is collected, with dashed lines at the bounds", () => {
    using _scope = tensorScope();
    const recall = new MulticlassRecall({ numClasses: 2, average: "none" });
    const steps = [0, 1].map((answer) => recall.forward(classes(answer, 1), classes(0, 1)));
    const svg = recall.plot();
    expect(svg).toBe(plot(recall));
    expect(words(svg)).toEqual(expect.arrayContaining(["Class 0", "Class 1", "optimal value", "MulticlassRecall"]));
    expect(count(svg, "line")).toBe(6 + 2 + 1); // round numbers from 0 to 1, both bounds, the axis
    expect(words(recall.plot(steps, { labels: ["cat", "dog"], title: "R" }))).toEqual(
      expect.arrayContaining(["cat", "dog", "R", "step"]),
    );
    expect(count(recall.plot(steps), "polyline")).toBe(2);
    const error = new MeanSquaredError();
    error.update(tf.tensor1d([3]), tf.tensor1d([1]));
    expect(error.plot().match(/stroke-dasharray/g)).toHaveLength(1);
    expect(words(error.plot(7, { guides: [{ y: 9, text: "last year" }] }))).toEqual(
      expect.arrayContaining(["7", "last year"]),
    );
    const before = tf.memory().numTensors;
    for (const one of [recall, error]) one.plot();
    expect(tf.memory().numTensors).toBe(before);
    for (const one of [recall, error]) one.dispose();
  });

  it("has the areas under curves, and the value of the best point", () => {
    using _scope = tensorScope();
    const roc = new BinaryROC();
    const best = new BinaryRecallAtFixedPrecision({ minPrecision: 0.5 });
    for (const one of [roc, best]) one.update(scores(), classes(1, 0, 0, 1));
    expect(words(roc.plot(undefined, { score: true }))).toContain("AUC=0.750");
    expect(roc.plot(roc.compute())).toBe(roc.plot());
    expect(best.plot(best.compute())).toBe(best.plot());
    expect(words(best.plot())).toContain("1");
    expect(count(best.plot([best.compute(), best.compute()]), "polyline")).toBe(1);
    expect(() => roc.plot(tf.zeros([2]))).toThrow(/This is no curve.*shape \[2\]/s);
    for (const one of [roc, best]) one.dispose();
  });

  it("has all metrics of a collection, beside each other or together", () => {
    using _scope = tensorScope();
    const all = new MetricCollection([new BinaryAccuracy(), new BinaryROC(), new BinaryPrecision()], { prefix: "v_" });
    all.update(scores(), classes(1, 0, 1, 1));
    const svg = all.plot();
    expect(count(svg, "svg")).toBe(1 + 3);
    expect(words(svg)).toEqual(expect.arrayContaining(["v_BinaryAccuracy", "v_BinaryROC", "true positive rate"]));
    const numbers = new MetricCollection([new BinaryAccuracy(), new BinaryPrecision()]);
    const steps = [1, 0].map((answer) => numbers.forward(scores(), classes(1, 0, answer, 1)));
    expect(count(numbers.plot(steps, { together: true }), "polyline")).toBe(2);
    expect(count(numbers.plot(steps), "svg")).toBe(1 + 2);
    for (const one of [all, numbers]) one.dispose();
  });

  it("takes values of any step, by name and by class", () => {
    using _scope = tensorScope();
    expect(count(plotValues([1, tf.scalar(2), 3]), "polyline")).toBe(1);
    expect(count(plotValues([tf.tensor1d([1, 2]), tf.tensor1d([2, 3])]), "polyline")).toBe(2);
    const late = plotValues([{ a: 1 }, { a: 2, b: 1 }, { a: 3, b: tf.scalar(2) }]);
    expect(count(late, "polyline")).toBe(2);
    expect(words(plotValues({ r: tf.tensor1d([1, 0]) }, { labels: ["x", "y"] }))).toContain("r x");
  });

  it("says what cannot be plotted", () => {
    using _scope = tensorScope();
    const matrix = new MulticlassConfusionMatrix({ numClasses: 2 });
    expect(() => matrix.plot(tf.zeros([2, 2]), { labels: ["one"] })).toThrow(/Expected 2 labels. Received 1/);
    expect(() => matrix.plot(3)).toThrow(/one confusion matrix/);
    expect(() => plotValues(tf.zeros([2, 2]))).toThrow(/These values cannot be plotted.*Received shape \[2, 2\]/s);
    expect(() => plotValues("text")).toThrow(/Received string/);
    expect(() => plot(new Waiting())).toThrow(/metric.plot\(await metric.compute\(\)\)/);
  });
});
