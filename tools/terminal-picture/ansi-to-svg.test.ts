import { expect, it } from "vitest";
import { ansiToSvg } from "./ansi-to-svg.js";

it("draws coloured and plain text in its column and escapes it", () => {
  const svg = ansiToSvg("a <b> \u001b[1;32mok\u001b[0m end\n\nlast", { title: "x & y", columns: 20 });
  expect(svg).toContain(">a &lt;b> </text>");
  expect(svg).toContain(
    'x="66.4" y="45" textLength="16.8" lengthAdjust="spacingAndGlyphs" fill="#98c379" font-weight="bold">ok</text>',
  );
  expect(svg).toContain("x &amp; y");
  expect(svg.match(/<text /g)).toHaveLength(5);
});
