/** When validation runs inside an epoch. */
export type ValidationInterval =
  | { readonly kind: "batches"; readonly count: number }
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "time"; readonly ms: number };
