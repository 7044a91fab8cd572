import { describe, expect, it } from "vitest";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

const layers = (count: number): nn.Identity[] => Array.from({ length: count }, () => new nn.Identity());

describe("a list of modules", () => {
  it("is read by position, from both ends, and in order", () => {
    const [a, b, c] = layers(3) as [nn.Identity, nn.Identity, nn.Identity];
    const list = new nn.ModuleList([a, b, c]);
    expect([list.at(0), list.at(-1), list.at(3), list.length]).toEqual([a, c, undefined, 3]);
    expect([...list]).toEqual([a, b, c]);
  });

  it("gives slices that hold the same modules under numbers from 0", () => {
    const list = new nn.ModuleList([new nn.Linear(1, 1), new nn.Linear(1, 1), new nn.Linear(1, 1)]);
    const last = list.slice(-2);
    expect([...last.stateDict().keys()]).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
    expect(last.at(0)).toBe(list.at(1));
    expect(list.slice(1, 1).length).toBe(0);
    expect(list.slice().length).toBe(3);
  });

  it("numbers its modules anew when one comes in, goes, or is replaced", () => {
    const [a, b, c, d] = layers(4) as [nn.Identity, nn.Identity, nn.Identity, nn.Identity];
    const list = new nn.ModuleList([a, b]);
    list.insert(1, c).insert(0, d);
    expect(list.namedChildren()).toEqual([
      ["0", d],
      ["1", a],
      ["2", c],
      ["3", b],
    ]);
    expect(list.pop()).toBe(b);
    expect(list.pop(0)).toBe(d);
    expect(list.set(-1, b).namedChildren()).toEqual([
      ["0", a],
      ["1", b],
    ]);
    expect([...list.insert(2, c).insert(-1, d)]).toEqual([a, b, d, c]);
  });

  it("can be extended by itself, and by no more than there was", () => {
    const list = new nn.ModuleList(layers(2));
    expect(list.extend(list).length).toBe(4);
    expect(list.extend([]).length).toBe(4);
  });

  it.each([-3, 2, 0.5, Number.NaN])("has no position %s for pop and set where it holds two, and says so", (index) => {
    const list = new nn.ModuleList(layers(2));
    expect(() => list.pop(index)).toThrow(MisconfigurationError);
    expect(() => list.set(index, new nn.Identity())).toThrow(/integer from -2 to 1/);
    expect(list.length).toBe(2);
  });

  it("takes nothing out when it is empty", () => {
    expect(() => new nn.ModuleList().pop()).toThrow(/a list with modules/);
    expect(() => new nn.ModuleList(layers(1)).insert(2, new nn.Identity())).toThrow(/integer from -1 to 1/);
  });
});

describe("a sequence of modules", () => {
  it("is sliced into a sequence, whose layers run", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU(), new nn.Linear(3, 1));
    const encoder = model.slice(0, -1);
    expect(encoder).toBeInstanceOf(nn.Sequential);
    expect(String(encoder)).toBe(
      "Sequential(\n  (0): Linear(in_features=2, out_features=3, bias=True)\n  (1): ReLU()\n)",
    );
    expect(encoder.at(0)).toBe(model.at(0));
  });
});

describe("modules by name", () => {
  it("are added together, replaced in place, and taken out", () => {
    const [a, b, c] = layers(3) as [nn.Identity, nn.Identity, nn.Identity];
    const dictionary = new nn.ModuleDict({ a, b });
    expect(dictionary.update({ a: c }).update(new nn.ModuleDict({ c })).keys()).toEqual(["a", "b", "c"]);
    expect(dictionary.values()).toEqual([c, b, c]);
    expect([dictionary.pop("b"), dictionary.pop("b"), dictionary.length]).toEqual([b, undefined, 2]);
    dictionary.clear();
    expect([dictionary.length, dictionary.namedChildren()]).toEqual([0, []]);
  });
});

describe("a module at a path", () => {
  it("is found and replaced in fields, lists and dictionaries", () => {
    class Net extends nn.Module {
      readonly first = new nn.Linear(1, 1);
      readonly alias = this.registerModule("named", new nn.Linear(1, 1));
      readonly blocks = new nn.ModuleList([new nn.Sequential(new nn.ReLU())]);
      readonly heads = new nn.ModuleDict({ a: new nn.Linear(1, 1) });
    }
    const net = new Net();
    const paths = ["first", "named", "blocks.0.0", "heads.a"];
    const made = paths.map(() => new nn.Tanh());
    paths.forEach((path, i) => net.setSubmodule(path, made[i] ?? net));
    expect(paths.map((path) => net.getSubmodule(path))).toEqual(made);
    expect([net.first, net.alias, net.blocks.at(0)?.at(0), net.heads.get("a")]).toEqual(made);
    expect(net.getSubmodule("")).toBe(net);
    expect(net.parameters()).toEqual([]);
  });

  it("is refused with the paths that there are", () => {
    const model = new nn.Sequential(new nn.ReLU());
    expect(() => model.getSubmodule("1")).toThrow(/"0"/);
    expect(() => model.setSubmodule("0.x", new nn.ReLU())).toThrow(MisconfigurationError);
    expect(() => model.setSubmodule("", new nn.ReLU())).toThrow(/own place/);
  });
});

describe("a Sequential with names", () => {
  const named = () => new nn.Sequential({ hidden: new nn.Linear(2, 3), act: new nn.ReLU(), out: new nn.Linear(3, 1) });

  it("has keys that begin with them, and runs in their order", async () => {
    await resolveBackend("cpu");
    const model = named();
    expect([...model.stateDict().keys()]).toEqual(["hidden.weight", "hidden.bias", "out.weight", "out.bias"]);
    expect(model.forward(tf.ones([4, 2])).shape).toEqual([4, 1]);
    expect(String(model)).toContain("(act): ReLU()");
  });
  it("keeps them when modules are exchanged, taken out, put in and cut", () => {
    const model = named();
    model.set(1, new nn.Linear(3, 3)).insert(1, new nn.ReLU());
    expect(model.namedChildren().map(([name]) => name)).toEqual(["hidden", "1", "act", "out"]);
    model.pop(0);
    expect(model.namedChildren().map(([name]) => name)).toEqual(["0", "act", "out"]);
    expect(
      model
        .slice(1)
        .namedChildren()
        .map(([name]) => name),
    ).toEqual(["act", "out"]);
    const other = new nn.Linear(3, 2);
    model.setSubmodule("out", other);
    expect(model.at(2)).toBe(other);
    expect(model.namedChildren().at(-1)).toEqual(["out", other]);
  });
});
