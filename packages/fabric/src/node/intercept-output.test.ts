import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { interceptOutput, writeDrawing } from "./intercept-output.js";

/** A stream that keeps what is written. */
function fakeStream(isTTY = true) {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream, text: () => text };
}

function setUp(isErrorOnScreen = true) {
  const [out, error] = [fakeStream(), fakeStream(isErrorOnScreen)];
  const interception = interceptOutput([out.stream, error.stream], {
    clear: () => writeDrawing(out.stream, "(clear)"),
    draw: () => writeDrawing(out.stream, "(draw)"),
    leave: () => undefined,
  });
  return { out, error, interception };
}

describe("interceptOutput", () => {
  it("takes the drawing away before others write, and puts it below", () => {
    const { out, error } = setUp();
    out.stream.write("a\n");
    error.stream.write(Buffer.from("b\n"));
    expect(out.text()).toBe("(clear)a\n(draw)(clear)(draw)");
    expect(error.text()).toBe("b\n");
  });

  it("leaves a line alone until it has ended", () => {
    const { out, interception } = setUp();
    out.stream.write("one ");
    expect(interception.isLineOpen).toBe(true);
    out.stream.write("");
    out.stream.write(Buffer.from("two"));
    out.stream.write("\n");
    expect(interception.isLineOpen).toBe(false);
    expect(out.text()).toBe("(clear)one two\n(draw)");
  });

  it("does not move for what goes to a file", () => {
    const { out, error } = setUp(false);
    error.stream.write("warning\n");
    expect([out.text(), error.text()]).toEqual(["", "warning\n"]);
  });

  it("passes on callbacks and encodings", async () => {
    const { out } = setUp();
    await new Promise<void>((resolve) => {
      out.stream.write("68690a", "hex", () => resolve());
    });
    expect(out.text()).toContain("hi\n");
  });

  it("ends without a trace, also where somebody has wrapped the streams since", () => {
    const { out, interception } = setUp();
    const [ours, before] = [out.stream.write, Object.hasOwn(out.stream, "write")];
    expect(before).toBe(true);
    interception.end();
    expect(Object.hasOwn(out.stream, "write")).toBe(false);

    const other = setUp();
    const wrapped = other.out.stream.write.bind(other.out.stream);
    other.out.stream.write = ((chunk: string) => wrapped(`<${chunk}>`)) as typeof ours;
    other.interception.end();
    other.out.stream.write("x\n");
    expect(other.out.text()).toBe("<x\n>");
  });
});
