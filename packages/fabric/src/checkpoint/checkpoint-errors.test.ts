import { describe, expect, it } from "vitest";
import {
  CheckpointFormatError,
  CheckpointMismatchError,
  CheckpointNotFoundError,
  CheckpointValueError,
  CheckpointWriteError,
} from "./checkpoint-errors.js";
import { FolderFlushError } from "./folder-flush-error.js";

describe("errors of checkpoints say what happened and what to try, and carry it as fields", () => {
  it("a missing file, with a name nearby or none", () => {
    const near = new CheckpointNotFoundError("/run/las.ckpt", "/run/last.ckpt");
    expect(near).toMatchObject({ code: "LIT_CKPT_NOT_FOUND", path: "/run/las.ckpt", nearest: "/run/last.ckpt" });
    expect(near.message).toBe("There is no checkpoint at /run/las.ckpt. Try: /run/last.ckpt (did you mean that?)");
    const alone = new CheckpointNotFoundError("/run/las.ckpt", undefined);
    expect(alone.nearest).toBeUndefined();
    expect(alone.message).toBe(
      "There is no checkpoint at /run/las.ckpt. Try: check the path; relative paths start at the working folder.",
    );
  });

  it("a file that is no checkpoint", () => {
    const cause = new Error("cut off");
    const error = new CheckpointFormatError("/run/a.ckpt", "it ends too early.", cause);
    expect(error).toMatchObject({ code: "LIT_CKPT_FORMAT", path: "/run/a.ckpt", cause });
    expect(error.message).toBe(
      "/run/a.ckpt is not a usable checkpoint: it ends too early. Try: an earlier checkpoint; for plain weights of another tool, loadRaw.",
    );
  });

  it("a write that failed, whatever was thrown", () => {
    const cause = new Error("disk full");
    const error = new CheckpointWriteError("/run/a.ckpt", cause);
    expect(error).toMatchObject({ code: "LIT_CKPT_WRITE", path: "/run/a.ckpt", cause });
    expect(error.message).toBe(
      "The checkpoint /run/a.ckpt could not be written: disk full. An older file at this path is intact. Try: free some space, or another folder.",
    );
    expect(new CheckpointWriteError("/run/a.ckpt", "no disk").message).toContain("could not be written: no disk. An");
  });

  it("a write whose folder could not be flushed: the new file is in place", () => {
    const cause = new FolderFlushError("/run", new Error("broken disk"));
    expect(cause.cause).toEqual(new Error("broken disk"));
    expect([cause.name, cause.message]).toEqual([
      "FolderFlushError",
      "The folder /run could not be flushed: broken disk.",
    ]);
    expect(new FolderFlushError("/run", "no disk").message).toBe("The folder /run could not be flushed: no disk.");
    const error = new CheckpointWriteError("/run/a.ckpt", cause, { isInPlace: true });
    expect(error.isInPlace).toBe(true);
    expect(error.message).toBe(
      "The checkpoint /run/a.ckpt is complete and in place, but not yet safe from a power failure, which may bring back what was at this path before. The folder /run could not be flushed: broken disk. Try: saving again, or another folder.",
    );
    expect(new CheckpointWriteError("/run/a.ckpt", cause).isInPlace).toBe(false);
  });

  it("a value that a checkpoint cannot hold", () => {
    const error = new CheckpointValueError(["callbacks", 0, "step"], "a function");
    expect(error).toMatchObject({ code: "LIT_CKPT_VALUE", path: ["callbacks", 0, "step"] });
    expect(error.message).toBe(
      'A checkpoint cannot hold what is at "callbacks.0.step". Expected tensors, numbers, strings, booleans, null, byte arrays, and lists, maps and plain objects of these. Received a function.',
    );
  });

  it("a checkpoint that does not fit", () => {
    const options = { path: "/run/a.ckpt", missing: ["fc2.bias", "fc2.weight"], unexpected: ["fc2.b", "fc2.w"] };
    const error = new CheckpointMismatchError({ ...options, hint: "look at the names" });
    expect(error).toMatchObject({ code: "LIT_CKPT_MISMATCH", ...options });
    expect(error.message).toBe(
      "/run/a.ckpt does not fit this state. Missing in the file: fc2.bias, fc2.weight. In the file but not asked for: fc2.b, fc2.w. Try: look at the names",
    );
  });

  it("a checkpoint that does not fit and lacks nothing, or has nothing more", () => {
    expect(new CheckpointMismatchError({ path: "a.ckpt", missing: [], unexpected: ["b"] }).message).toBe(
      "a.ckpt does not fit this state. In the file but not asked for: b. Try: load with { strict: false } to skip what does not fit.",
    );
    expect(new CheckpointMismatchError({ path: "a.ckpt", missing: ["b"], unexpected: [] }).message).toBe(
      "a.ckpt does not fit this state. Missing in the file: b. Try: load with { strict: false } to skip what does not fit.",
    );
  });
});
