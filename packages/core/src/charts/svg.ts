type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element of an SVG picture. @param content elements within it, or text that `escaped` made */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escaped(String(value))}"`);
  return content === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${content}</${name}>`;
}

export function text(words: string, attributes: Attributes): string {
  return element("text", attributes, escaped(words));
}

/** A whole picture, white behind. */
export function picture(width: number, height: number, content: string): string {
  const attributes = { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` };
  const font = { "font-family": "Helvetica, Arial, sans-serif", "font-size": 12 };
  const background = element("rect", { width, height, fill: "#ffffff" });
  return element("svg", { ...attributes, ...font }, background + content);
}

export function escaped(words: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // XML has no words for the other control characters.
  const printable = [...words].filter((letter) => letter >= " " || letter === "\n" || letter === "\t").join("");
  return printable.replaceAll(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}

/** Numbers in a picture have two digits after the point: more cannot be seen. */
export function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
