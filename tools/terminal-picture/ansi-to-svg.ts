/** How a run of characters looks. */
interface Style {
  readonly color: string | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

interface Span extends Style {
  readonly text: string;
  readonly column: number;
}

export interface PictureOptions {
  /** Shown in the window's bar. */
  readonly title: string;
  /** Characters per line. */
  readonly columns: number;
}

const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const MARGIN = 16;
const BAR_HEIGHT = 32;
const PLAIN: Style = { color: undefined, isBold: false, isDim: false };
const PALETTE = ["#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#dcdfe4"];

/** Draws what a terminal shows, with its colours, as an SVG of fixed-width text. */
export function ansiToSvg(screen: string, { title, columns }: PictureOptions): string {
  const lines = screen.trimEnd().split("\n");
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const height = BAR_HEIGHT + lines.length * LINE_HEIGHT + MARGIN;
  let style = PLAIN;
  const texts = lines.flatMap((line, row) => {
    const parsed = parseLine(line, style);
    style = parsed.style;
    return parsed.spans.map((span) => drawSpan(span, BAR_HEIGHT + (row + 1) * LINE_HEIGHT - 5));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<rect width="100%" height="100%" rx="8" fill="#1e222a"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (color, i) => `<circle cx="${20 + 20 * i}" cy="16" r="6" fill="${color}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#dcdfe4" xml:space="preserve">`,
    `<text x="${width / 2}" y="21" text-anchor="middle" fill="#8b92a0">${escape(title)}</text>`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function drawSpan({ text, column, color, isBold, isDim }: Span, y: number): string {
  const look = [
    color === undefined ? "" : ` fill="${color}"`,
    isBold ? ' font-weight="bold"' : "",
    isDim ? ' opacity="0.6"' : "",
  ].join("");
  const x = MARGIN + column * CELL_WIDTH;
  // The length makes columns line up whatever font the reader has.
  return `<text x="${x.toFixed(1)}" y="${y}" textLength="${(text.length * CELL_WIDTH).toFixed(1)}" lengthAdjust="spacingAndGlyphs"${look}>${escape(text)}</text>`;
}

function parseLine(line: string, start: Style): { spans: Span[]; style: Style } {
  const spans: Span[] = [];
  let style = start;
  let column = 0;
  // oxlint-disable-next-line no-control-regex -- escape sequences begin with one
  for (const [, codes, text = ""] of line.matchAll(/(?:\u001b\[([\d;]*)m)|([^\u001b]+)/g)) {
    if (codes !== undefined) {
      style = codes.split(";").map(Number).reduce(applyCode, style);
      continue;
    }
    if (text.trim() !== "") spans.push({ ...style, text, column });
    column += text.length;
  }
  return { spans, style };
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 22) return { ...style, isBold: false, isDim: false };
  if (code === 39) return { ...style, color: undefined };
  if (code >= 30 && code <= 37) return { ...style, color: PALETTE[code - 30] };
  if (code >= 90 && code <= 97) return { ...style, color: PALETTE[code - 90] };
  return style;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
