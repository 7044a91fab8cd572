import { BINARY } from "./binary.js";
import { CONVOLUTIONS } from "./convolutions.js";
import { INTEGERS } from "./integers.js";
import { LAYOUT } from "./layout.js";
import { LOSSES } from "./losses.js";
import { NORMALIZATIONS } from "./normalizations.js";
import type { Operation } from "./operation.js";
import { POOLS } from "./pools.js";
import { PRODUCTS } from "./products.js";
import { REDUCTIONS } from "./reductions.js";
import { SCATTERS } from "./scatters.js";
import { UNARY } from "./unary.js";

/** The operations that programs are made of, by kind. */
export const FAMILIES = {
  unary: UNARY,
  binary: BINARY,
  integers: INTEGERS,
  layout: LAYOUT,
  reductions: REDUCTIONS,
  scatters: SCATTERS,
  losses: LOSSES,
  normalizations: NORMALIZATIONS,
  products: PRODUCTS,
  convolutions: CONVOLUTIONS,
  pools: POOLS,
} as const satisfies Record<string, readonly Operation[]>;

export type FamilyName = keyof typeof FAMILIES;

export const FAMILY_NAMES: readonly FamilyName[] = [
  "unary",
  "binary",
  "integers",
  "layout",
  "reductions",
  "scatters",
  "losses",
  "normalizations",
  "products",
  "convolutions",
  "pools",
];
