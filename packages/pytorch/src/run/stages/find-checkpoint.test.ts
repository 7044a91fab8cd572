import { Messages } from "@lightning-ts/fabric";
import { FakeTerminal } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { OnExceptionCheckpoint } from "../../callbacks/on-exception-checkpoint.js";
import { Callback } from "../../contract/callback.js";
import { findCheckpoint, type FindCheckpointOptions } from "./find-checkpoint.js";

/** A checkpoint callback that calls these files `last`. */
class Last extends ModelCheckpoint {
  constructor(readonly paths: readonly string[]) {
    super();
  }
  override async listLast(): Promise<string[]> {
    return [...this.paths];
  }
}

class Rescue extends OnExceptionCheckpoint {
  override pathFor(): string {
    return `/rescue/${this.name}.ckpt`;
  }
  constructor(readonly name: string) {
    super({ dirpath: "/rescue" });
  }
}

interface Setting {
  readonly ckptPath?: string;
  readonly stage?: string;
  readonly callbacks?: readonly Callback[];
  /** The steps and times of files, by their paths. */
  readonly files?: Readonly<Record<string, readonly [step: unknown, modifiedMs: number]>>;
  readonly worldSize?: number;
  readonly isGlobalZero?: boolean;
  /** What rank 0 found. */
  readonly ofRankZero?: string;
  readonly isFastDevRun?: boolean;
}

function find(setting: Setting) {
  const { ckptPath, stage = "fit", callbacks = [], files = {}, worldSize = 1, isGlobalZero = true } = setting;
  const terminal = new FakeTerminal();
  const told: unknown[] = [];
  const strategy = {
    worldSize,
    isGlobalZero,
    checkpointExists: async () => true,
    loadCheckpoint: async (path: string) => ({ global_step: files[path]?.[0] }),
    broadcast: async (...request: unknown[]) => {
      told.push(request);
      return setting.ofRankZero === undefined ? request[0] : { path: setting.ofRankZero };
    },
  };
  const ports = {
    files: {
      resolve: (path: string) => `/here/${path}`,
      stat: async (path: string) => (files[path] === undefined ? undefined : { modifiedMs: files[path][1] }),
    },
  };
  const options: FindCheckpointOptions = Object({
    ckptPath,
    trainer: { stage, callbacks },
    connection: { ports, strategy, environment: {}, store: { exists: async (path: string) => path in files } },
    messages: new Messages(terminal),
    isFastDevRun: setting.isFastDevRun ?? false,
  });
  const found: Promise<string | undefined> = findCheckpoint(options);
  return { found, told, warnings: terminal.warnings };
}

const failureOf = ({ found }: ReturnType<typeof find>): Promise<unknown> => found.catch((error: unknown) => error);

describe("a path", () => {
  it("is made absolute", async () => {
    expect(await find({ ckptPath: "a.ckpt", callbacks: [new ModelCheckpoint()] }).found).toBe("/here/a.ckpt");
  });
});

describe("best", () => {
  const withBest = (path: string) => Object.assign(new ModelCheckpoint(), { bestModelPath: path });

  it("is what the first ModelCheckpoint found best", async () => {
    const one = find({ ckptPath: "best", callbacks: [new Callback(), withBest("/a.ckpt")] });
    expect([await one.found, one.warnings]).toEqual(["/a.ckpt", []]);
    const two = find({ ckptPath: "best", callbacks: [withBest("/a.ckpt"), withBest("/b.ckpt")] });
    expect(await two.found).toBe("/a.ckpt");
    expect(two.warnings).toEqual(['Warning: ckptPath "best" uses the first of several ModelCheckpoint callbacks.']);
  });

  it("is refused where there is none", async () => {
    const nobody = await failureOf(find({ ckptPath: "best", callbacks: [new Callback()] }));
    expect(nobody).toMatchObject({ code: "LIT_CKPT_BEST" });
    expect(String(nobody)).toContain('ckptPath "best" needs a ModelCheckpoint callback, and this Trainer has none.');
    const early = await failureOf(find({ ckptPath: "best", callbacks: [withBest("")] }));
    expect(early).toMatchObject({ code: "LIT_CKPT_BEST" });
    expect(String(early)).toContain('ckptPath "best" found no checkpoint: none has been written yet.');
    expect(String(early)).toContain("the path of a file.");
    const fast = await failureOf(find({ ckptPath: "best", callbacks: [withBest("")], isFastDevRun: true }));
    expect(String(fast)).toContain("with fastDevRun no checkpoints are written");
  });
});

describe("last", () => {
  const last = (files: NonNullable<Setting["files"]>, ...callbacks: Callback[]) =>
    find({ ckptPath: "last", files, callbacks });

  it("is the file with the most steps of all that are called so", async () => {
    const files = { "/a": [5, 9], "/b": [7, 1], "/c": [6, 9] } as const;
    expect(await last(files, new Last(["/a", "/b"]), new Callback(), new Last(["/c"])).found).toBe("/b");
  });

  it("is the newest of those with as many", async () => {
    const files = { "/a": [5, 1], "/b": [5, 3], "/c": [5, 2] } as const;
    expect(await last(files, new Last(["/a", "/b", "/c"])).found).toBe("/b");
    expect(await last({ "/a": [5, 2], "/b": [5, 2] }, new Last(["/a", "/b"])).found).toBe("/a");
  });

  it("may be a file that says nothing of steps", async () => {
    expect(await last({ "/a": ["many", 9], "/b": [0, 1] }, new Last(["/a", "/b"])).found).toBe("/b");
    expect(await last({ "/a": [undefined, 9] }, new Last(["/a"])).found).toBe("/a");
  });

  it("may be gone when it is looked at", async () => {
    expect(await last({ "/b": [undefined, 1] }, new Last(["/gone", "/b"])).found).toBe("/b");
  });

  it("is none where there is no file, which is said", async () => {
    const none = last({}, new Last([]));
    expect(await none.found).toBeUndefined();
    expect(none.warnings).toEqual(['Warning: ckptPath "last" found no checkpoint; the run starts from the beginning.']);
  });
});

describe("without a path", () => {
  const files = { "/rescue/b.ckpt": [1, 1], "/rescue/c.ckpt": [1, 1] } as const;
  const callbacks = [new Callback(), new Rescue("a"), new Rescue("b"), new Rescue("c")];

  it("a fit goes on from what was written when the run before failed, and says so", async () => {
    const { found, warnings } = find({ files, callbacks });
    expect(await found).toBe("/rescue/b.ckpt");
    expect(warnings).toEqual(["Warning: The run before did not end well: this one goes on from /rescue/b.ckpt."]);
    expect(await find({ callbacks }).found).toBeUndefined();
  });

  it("another stage starts from nothing", async () => {
    expect(await find({ files, callbacks, stage: "test" }).found).toBeUndefined();
  });
});

describe("on several ranks", () => {
  it("rank 0 looks and tells the others", async () => {
    const files = { "/a": [5, 9] } as const;
    const first = find({ ckptPath: "last", files, callbacks: [new Last(["/a"])], worldSize: 2 });
    expect(await first.found).toBe("/a");
    expect(first.told).toEqual([[{ path: "/a" }, 0, "checkpoint to go on from"]]);
    const other = find({ ckptPath: "last", worldSize: 2, isGlobalZero: false, ofRankZero: "/a" });
    expect(await other.found).toBe("/a");
    expect([other.told, other.warnings]).toEqual([[[{ path: "" }, 0, "checkpoint to go on from"]], []]);
  });

  it("there may be none for all", async () => {
    expect(await find({ ckptPath: "last", worldSize: 2, callbacks: [new Last([])] }).found).toBeUndefined();
    const alone = find({ ckptPath: "last", callbacks: [new Last([])] });
    await alone.found;
    expect(alone.told).toEqual([]);
  });
});
