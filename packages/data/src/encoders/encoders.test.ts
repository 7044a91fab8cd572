import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Table } from "../table/table.js";
import { ColumnTransformer } from "./column-transformer.js";
import { LabelEncoder } from "./label-encoder.js";
import { MinMaxScaler } from "./min-max-scaler.js";
import { OneHotEncoder } from "./one-hot-encoder.js";
import { StandardScaler } from "./standard-scaler.js";

interface Recorded {
  readonly frame: Readonly<Record<string, readonly (number | string | null)[]>>;
  readonly train: readonly (readonly (number | null)[])[];
  readonly test: readonly (readonly (number | null)[])[];
  readonly classes: readonly string[];
  readonly labels: readonly number[];
}

// What tests/parity/record_tables.py recorded from scikit-learn.
const recorded: Recorded = JSON.parse(readFileSync(new URL("fixtures/encoders.json", import.meta.url), "utf8"));
const frame = new Table(recorded.frame);
const rows = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const [train, test] = [frame.take(rows(0, 30)), frame.take(rows(30, 40))];

const encoders = (): ColumnTransformer =>
  new ColumnTransformer([
    [new StandardScaler({ missing: "nan" }), ["mass", "tiny", "constant"]],
    [new MinMaxScaler(), ["count"]],
    [new OneHotEncoder(), ["island"]],
    ["passthrough", ["count"]],
  ]);

function expectMatrix(found: ArrayLike<number>, expected: readonly (readonly (number | null)[])[]): void {
  const values = expected.flat();
  expect(found.length).toBe(values.length);
  const wrong = values.findIndex((value, i) =>
    value === null ? !Number.isNaN(found[i]) : !(Math.abs((found[i] ?? Number.NaN) - value) <= 1e-6),
  );
  expect(wrong).toBe(-1);
}

describe("ColumnTransformer", () => {
  it("makes scikit-learn's matrices of the training part and of what comes later", () => {
    const features = encoders().fit(train);
    expect(features.featureNames).toEqual([
      ...["mass", "tiny", "constant", "count", "island_Biscoe", "island_Dream", "island_Torgersen", "count"],
    ]);
    expectMatrix(features.transform(train).values, recorded.train);
    expectMatrix(features.transform(test).values, recorded.test);
  });

  it("gives the same numbers after its state went through JSON", () => {
    const state: unknown = JSON.parse(JSON.stringify(encoders().fit(train).stateDict()));
    const loaded = encoders();
    loaded.loadStateDict(state);
    expect(loaded.transform(test).values).toEqual(encoders().fit(train).transform(test).values);
  });

  it("refuses to transform before it learnt, and what it cannot have saved", () => {
    expect(() => encoders().transform(test)).toThrow("has learnt nothing yet");
    const other = new ColumnTransformer([["passthrough", ["count"]]]).fit(train).stateDict();
    expect(() => encoders().loadStateDict(other)).toThrow("belongs to a ColumnTransformer with other columns");
    for (const odd of [undefined, [], {}, { version: 2, columns: [] }, { version: 1, columns: 3 }])
      expect(() => encoders().loadStateDict(odd)).toThrow("What was saved of a ColumnTransformer cannot be used");
    const scaler = new ColumnTransformer([[new StandardScaler(), ["mass"]]]);
    for (const fitted of [null, {}, { center: 0, scale: 0, mean: 0 }, { center: "0", scale: 1, mean: 0 }])
      expect(() =>
        scaler.loadStateDict({ version: 1, columns: [{ name: "mass", kind: "StandardScaler", fitted }] }),
      ).toThrow("What was saved of a StandardScaler cannot be used");
    const words = new ColumnTransformer([[new OneHotEncoder(), ["island"]]]);
    expect(() =>
      words.loadStateDict({
        version: 1,
        columns: [{ name: "island", kind: "OneHotEncoder", fitted: { categories: [1] } }],
      }),
    ).toThrow("OneHotEncoder");
    expect(() => new ColumnTransformer([])).toThrow("has no columns");
    expect(() => encoders().fit(frame.select("mass"))).toThrow('The table has no column "tiny"');
  });
});

describe("what is missing or unknown", () => {
  const gaps = new Table({ mass: [1, undefined, 3], island: ["a", undefined, "b"] });
  const made = (encoder: StandardScaler | OneHotEncoder, name: string, of = gaps) => [
    ...new ColumnTransformer([[encoder, [name]]]).fit(gaps).transform(of).values,
  ];

  it("is an error, unless a scaler or an encoder is told what becomes of it", () => {
    expect(() => made(new StandardScaler(), "mass")).toThrow(/no value in column "mass", row 1.*missing: "mean"/);
    expect(made(new StandardScaler({ missing: "mean" }), "mass")).toEqual([-1, 0, 1]);
    expect(made(new StandardScaler({ missing: "nan" }), "mass")).toEqual([-1, Number.NaN, 1]);
    expect(() => made(new OneHotEncoder(), "island")).toThrow(/no value in column "island", row 1/);
    expect(made(new OneHotEncoder({ missing: "zeros" }), "island")).toEqual([1, 0, 0, 0, 0, 1]);
    expect(made(new OneHotEncoder({ missing: "category" }), "island")).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
  });

  it("is a category that the training part does not have", () => {
    const later = new Table({ mass: [0], island: ["c"] });
    expect(() => made(new OneHotEncoder({ missing: "zeros" }), "island", later)).toThrow(
      /does not know the category "c" of column "island", row 0/,
    );
    expect(made(new OneHotEncoder({ missing: "zeros", unknown: "zeros" }), "island", later)).toEqual([0, 0]);
  });

  it("texts are no numbers, and unknown options are refused", () => {
    expect(() => made(new StandardScaler(), "island")).toThrow(/holds texts.*OneHotEncoder for this column/);
    expect(() => new StandardScaler(Object({ mising: "mean" }))).toThrow('StandardScaler has no option "mising"');
    expect(() => new OneHotEncoder(Object({ handleUnknown: "ignore" }))).toThrow("OneHotEncoder has no option");
  });

  it("takes dates in days, booleans as 0 and 1, and bigints", () => {
    const kinds = new Table({ at: [new Date(0), new Date(86_400_000)], flag: [true, false], id: [2n, 4n] });
    const values = new ColumnTransformer([["passthrough", ["at", "flag", "id"]]]).fit(kinds).transform(kinds).values;
    expect([...values]).toEqual([0, 1, 2, 1, 0, 4]);
  });
});

describe("LabelEncoder", () => {
  it("numbers classes as scikit-learn does, also after its state went through JSON", () => {
    const labels = new LabelEncoder("species").fit(train);
    expect(labels.classes).toEqual(recorded.classes);
    expect([...labels.transform(test).values]).toEqual(recorded.labels);
    const loaded = new LabelEncoder("species");
    loaded.loadStateDict(JSON.parse(JSON.stringify(labels.stateDict())));
    expect(loaded.transform(test)).toEqual(labels.transform(test));
  });

  it("sorts numbers as numbers", () => {
    expect(new LabelEncoder("k").fit(new Table({ k: [10, 9, 10] })).classes).toEqual(["9", "10"]);
  });

  it("refuses classes that it does not know, missing ones, and states that are none", () => {
    const labels = new LabelEncoder("k").fit(new Table({ k: ["a", "b"] }));
    expect(() => labels.transform(new Table({ k: ["a", "c"] }))).toThrow(/does not know the class "c".*row 1/);
    expect(() => labels.transform(new Table({ k: ["a", undefined] }))).toThrow('no value in column "k", row 1');
    expect(() => new LabelEncoder("k").classes).toThrow("does not know the classes yet");
    expect(() => labels.loadStateDict({ version: 1, classes: [1] })).toThrow("saved of a LabelEncoder");
  });
});
