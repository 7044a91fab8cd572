import { expect, it } from "vitest";
import { ansiToSvg } from "./ansi-to-svg.js";

it("draws coloured and plain text in its column and escapes it", () => {
  const svg = ansiToSvg("a <b> \u001b[1;32mok\u001b[0m end\n\nlast", { title: "x & y", columns: 20 });
  expect(svg).toContain(">a &lt;b></text>");
  expect(svg).toContain(
    'x="66.4" y="45" textLength="16.8" lengthAdjust="spacing" fill="#98c379" font-weight="bold">ok</text>',
  );
  expect(svg).toContain("x &amp; y");
  expect(svg.match(/<text /g)).toHaveLength(5);
});

it("places what stands behind several spaces by itself, so that no browser can move it", () => {
  const svg = ansiToSvg("one two   three", { title: "", columns: 20 });
  expect(svg).toContain('x="16.0" y="45" textLength="58.8" lengthAdjust="spacing">one two</text>');
  expect(svg).toContain('x="100.0" y="45" textLength="42.0" lengthAdjust="spacing">three</text>');
});

it("draws bars and rules as shapes, in the colour of the text", () => {
  const svg = ansiToSvg("\u001b[36m━━\u001b[39m\u001b[2m──\u001b[22m 1/2", { title: "", columns: 20 });
  expect(svg).toContain('<rect x="16.0" y="38.5" width="16.8" height="4" fill="#56b6c2"/>');
  expect(svg).toContain('<rect x="32.8" y="40" width="16.8" height="1" fill="#dcdfe4" opacity="0.6"/>');
  expect(svg).toContain(">1/2</text>");
});
