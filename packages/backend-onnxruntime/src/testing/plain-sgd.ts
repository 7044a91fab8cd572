/** Attributes of `lit.SgdUpdate` without momentum and penalty, for one parameter. */
export const PLAIN_SGD = {
  lr: 0.5,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
  isFirstStep: false,
  count: 1,
};
