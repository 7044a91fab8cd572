/** Options of Node that two processes cannot both have. */
const FOR_ONE_PROCESS = /^--(inspect|debug-port|cpu-prof|heap-prof|prof$|watch)/;

/** Those of them whose value may be an argument of its own. */
const WITH_VALUE = /^--(inspect-port|inspect-publish-uid|debug-port|(cpu|heap)-prof-(dir|interval|name)|watch-path)$/;

/** Options of this process that another one can have too. @param given `process.execArgv` */
export function optionsOfNode(given: readonly string[] = process.execArgv): string[] {
  return given.filter(
    (option, index) => !FOR_ONE_PROCESS.test(option) && !(index > 0 && WITH_VALUE.test(given[index - 1] ?? "")),
  );
}
