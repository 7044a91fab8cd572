import { element, picture } from "./svg.js";

/** Pictures of one size in rows, in one picture. @param columns how many there are in a row @default 3 */
export function beside(pictures: readonly string[], columns = 3): string {
  const sizes = pictures.map((svg) => /width="([\d.]+)" height="([\d.]+)"/.exec(svg)?.slice(1).map(Number) ?? [0, 0]);
  const width = Math.max(0, ...sizes.map(([one = 0]) => one));
  const height = Math.max(0, ...sizes.map(([, one = 0]) => one));
  const used = Math.max(1, Math.min(columns, pictures.length));
  const placed = pictures.map((svg, i) => {
    const place = `translate(${width * (i % used)} ${height * Math.floor(i / used)})`;
    return element("g", { transform: place }, svg);
  });
  return picture(width * used, height * Math.ceil(pictures.length / used), placed.join(""));
}
