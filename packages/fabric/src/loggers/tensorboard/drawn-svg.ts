import { MisconfigurationError } from "@lightning-ts/core";
import type * as resvg from "@resvg/resvg-js";
import type { LogImage } from "../logger.js";

/** Not written in its import, so that bundlers, which would look for it, leave it alone. */
const PACKAGE: string = "@resvg/resvg-js";

type Drawing = Pick<typeof resvg, "Resvg">;

/**
 * The pixels of a picture in SVG, on white. TensorBoard shows no SVG, and what draws it is a large package that few
 * need: it is loaded where somebody has installed it.
 * @throws MisconfigurationError where it is missing
 */
export async function drawnSvg(
  svg: string,
  load: () => Promise<Drawing> = () => import(/* @vite-ignore */ PACKAGE),
): Promise<LogImage> {
  const { Resvg } = await load().catch(refuse);
  const { width, height, pixels } = new Resvg(svg, { background: "white" }).render();
  return { height, width, channels: 4, pixels: Uint8Array.from(pixels) };
}

function refuse(cause: unknown): never {
  throw new MisconfigurationError({
    code: "LIT_MISSING_PACKAGE",
    message: "addFigure() needs a package that draws SVG, because TensorBoard shows images alone.",
    expected: "the package @resvg/resvg-js",
    received: cause instanceof Error ? cause.message : String(cause),
    tryThis: "npm install @resvg/resvg-js, or addImage() with pixels.",
    cause,
  });
}
