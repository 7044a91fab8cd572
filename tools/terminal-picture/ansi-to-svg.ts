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
/** The colour of plain text. */
const TEXT = "#dcdfe4";
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
    return parsed.spans.flatMap((span) => drawSpan(span, BAR_HEIGHT + (row + 1) * LINE_HEIGHT - 5));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<rect width="100%" height="100%" rx="8" fill="#1e222a"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (color, i) => `<circle cx="${20 + 20 * i}" cy="16" r="6" fill="${color}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${TEXT}">`,
    `<text x="${width / 2}" y="21" text-anchor="middle" fill="#8b92a0">${escape(title)}</text>`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Words, and the lines of bars and tables, each at its own place: nothing depends on the fonts of the reader. */
function drawSpan(span: Span, y: number): string[] {
  return Array.from(span.text.matchAll(/━+|─+|[^\s━─]+(?: [^\s━─]+)*/g), ({ 0: text, index }) => {
    const x = MARGIN + (span.column + index) * CELL_WIDTH;
    const width = text.length * CELL_WIDTH;
    if (text.startsWith("━")) return drawLine({ x, y, width, thickness: 4, span });
    return text.startsWith("─") ? drawLine({ x, y, width, thickness: 1, span }) : drawText({ x, y, width, text, span });
  });
}

interface Placed {
  readonly x: number;
  /** The line on which letters stand. */
  readonly y: number;
  readonly width: number;
  readonly span: Span;
}

function drawLine({ x, y, width, thickness, span }: Placed & { readonly thickness: number }): string {
  const top = y - 4.5 - thickness / 2;
  const opacity = span.isDim ? ' opacity="0.6"' : "";
  return `<rect x="${x.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${thickness}" fill="${span.color ?? TEXT}"${opacity}/>`;
}

function drawText({ x, y, width, text, span: { color, isBold, isDim } }: Placed & { readonly text: string }): string {
  const look = [
    color === undefined ? "" : ` fill="${color}"`,
    isBold ? ' font-weight="bold"' : "",
    isDim ? ' opacity="0.6"' : "",
  ].join("");
  // The length makes columns line up in fonts that are a little wider or narrower.
  return `<text x="${x.toFixed(1)}" y="${y}" textLength="${width.toFixed(1)}" lengthAdjust="spacing"${look}>${escape(text)}</text>`;
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
